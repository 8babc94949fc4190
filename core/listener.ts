/** What listens for calls of vendors, seen from a connector. */

/** Calls that a vendor makes to us. Whoever calls is a stranger: small bodies, and only about ids that we issued. */
export interface Listener {
  /** Where to listen. */
  readonly host: string;
  readonly port: number;
  /** A larger body is refused unread. */
  readonly maxBytes: number;
  /** Answers one call; null: not one of this system's. Throws no error for what a stranger sends. */
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
  readonly status: number;
  /** A JSON document, or nothing. */
  readonly body: string;
}
