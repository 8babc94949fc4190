/** Part of the contract of a connector: the vendor's own journal of an account. */

export interface JournalProbe {
  /** The vendor's key of the account. */
  readonly key?: string;
  readonly cardNumber?: string;
}

export interface JournalEntry {
  /** The vendor's or our own key of the operation. */
  readonly id: string;
  /** In the vendor's words: ADD, SUB … */
  readonly type: string;
  /** In minor units, signed; null where the type does not tell the direction. */
  readonly delta: number | null;
  /** UTC ms; null where it cannot be told. */
  readonly at: number | null;
  /** In the vendor's words. */
  readonly state: string;
  /** It counts in the balance: not cancelled, and not waiting to be confirmed. */
  readonly booked: boolean;
  readonly cardNumber: string;
}
