/** What listens for calls of vendors, seen from a connector. */

/** Calls that a vendor makes to us. Whoever calls is a stranger: small bodies, and only about ids that we issued. */
export interface Listener {
  /** Where to listen. */
  readonly host: string;
  readonly port: number;
  /** A larger body is refused unread. */
  readonly maxBytes: number;
  /**
   * What this system would answer to a call; null: not one of its. Keeps nothing yet: a call that another system at the same address
   * would take too is nobody's. Throws no error for what a stranger sends.
   */
  answer(call: ListenerCall): Promise<ListenerAnswer | null>;
}

export interface ListenerCall {
  readonly method: string;
  /** Without the query, as it came. */
  readonly path: string;
  /** Address of the caller. */
  readonly peer: string;
  readonly body: Buffer;
}

export interface ListenerAnswer {
  /** 200: taken. */
  readonly status: number;
  /** A JSON document, or nothing. */
  readonly body: string;
  /** Why it is not taken, and of what it speaks: for the log, without a value of the caller's. */
  readonly refused?: { readonly why: string; readonly topic: string };
  /** Keeps what the call says; called once it is certain that this system alone takes it. */
  keep?(): Promise<void>;
}

/** Where a system is called, and by what its calls are told from those to another system of its vendor. */
export interface CallPlace {
  readonly host: string;
  readonly port: number;
  /** Keys in the settings that lead to the address. */
  readonly path: readonly string[];
  /** What a call names, such as `shop`, and which of them are this system's. */
  readonly topic: string;
  readonly topics: readonly string[];
  /** Addresses that may call; absent: any. */
  readonly from?: readonly string[];
}
