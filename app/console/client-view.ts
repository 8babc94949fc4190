/** What is shown of one client. */
import type { IdentityDecision } from './identity.ts';

/** One record of the client in one system. */
export interface ClientRecord {
  readonly record: number;
  readonly system: string;
  readonly stream: string;
  readonly key: string;
  readonly state: string;
  /** How it was linked: `single`, `contact`, `card`, `person`, … */
  readonly rule: string;
  /** The record it was linked with, as `system/key`, and why. */
  readonly with: string | null;
  readonly why: string | null;
}

export interface FieldOrigin {
  readonly field: string;
  readonly value: string;
  /** Why there is no value: it was emptied, or each system keeps its own; null where there is one. */
  readonly absent: 'emptied' | 'own' | null;
  /** System that the value comes from; null: a person laid it down. */
  readonly system: string | null;
  readonly key: string | null;
  /** Interval in which it last changed there (UTC ms), and how that is known. */
  readonly after: number | null;
  readonly notAfter: number | null;
  readonly how: string | null;
  readonly rule: string;
  readonly losers: readonly {
    readonly system: string;
    readonly key: string;
    readonly value: string;
    readonly notAfter: number | null;
    readonly why: string;
  }[];
}

export interface ClientBalance {
  readonly programme: string;
  /** Canonical balance; null: the opening balances differ and a person has to say which counts. */
  readonly balance: string | null;
  readonly accounts: readonly {
    readonly system: string;
    readonly key: string;
    readonly shown: string;
    readonly agreed: string;
    readonly moved: string;
    readonly owed: string;
  }[];
}

export interface ClientCard {
  readonly id: number;
  readonly number: string;
  readonly type: string;
  readonly status: string;
}

export interface ClientView {
  readonly id: number;
  readonly fields: readonly FieldOrigin[];
  readonly records: readonly ClientRecord[];
  readonly decisions: readonly IdentityDecision[];
  readonly cards: readonly ClientCard[];
  readonly balances: readonly ClientBalance[];
  readonly operations: readonly {
    readonly id: number;
    readonly system: string;
    readonly stream: string;
    readonly action: string;
    readonly state: string;
    readonly why: string | null;
    readonly at: number;
  }[];
  readonly reviews: readonly { readonly id: number; readonly kind: string }[];
}
