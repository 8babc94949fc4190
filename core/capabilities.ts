/** Part of the contract of a connector (`contract.ts`). */

/** What a stream of a system can do, as data: the engine branches on this, never on a vendor's name. */
export interface Capabilities {
  /** `patch`: only fields that differ. `replace`: the latest body with our fields laid over. `none`: differences are `unsupported`. */
  readonly update: 'patch' | 'replace' | 'none';
  /** Wire fields that an update can take; without it all of them. Differences of others are `unsupported`. */
  readonly updates?: readonly string[];
  readonly create: boolean;
  readonly delete: boolean;
  /** An empty value sent clears the field. */
  readonly clear: boolean;
  /** Probes that `find` takes. Empty: cannot be looked up. */
  readonly findBy: readonly (keyof Probe)[];
  /** Sent operations are confirmed later (files, queues). */
  readonly confirmsLater: boolean;
  /** Repeating the same write is harmless. `byKey`: the vendor knows our idempotency key. */
  readonly repeat: 'safe' | 'byKey' | 'unsafe';
  /** Wire field that keeps our own reference, if the configuration lets us use it. */
  readonly reference?: { readonly field: string; readonly kind: 'integer' | 'text' };
  /** How a balance is changed, for streams of accounts; and what an account hangs on. */
  readonly balance?: { readonly by: 'delta' | 'value'; readonly needs: 'client' | 'card'; readonly floor: number | null };
}

export interface Probe {
  readonly key?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly reference?: string;
  readonly cardNumber?: string;
  /** Password of the client in the vendor's own site, or its checksum. A secret: in no message and no record. */
  readonly password?: string;
  /** All with, or without, a phone or an e-mail address: a list, which may be cut (`Found.cut`). */
  readonly hasPhone?: boolean;
  readonly hasEmail?: boolean;
}
