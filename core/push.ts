/** Part of the contract of a connector (`contract.ts`): what is sent to a vendor, and what became of it. */
import type { SverkaError } from './errors.ts';
import type { WireBody } from './json.ts';

/** One change to make in one system, in the vendor's form. */
export interface PushOperation {
  readonly id: string;
  readonly action: 'create' | 'update' | 'delete' | 'adjust';
  /** The vendor's key; absent for a create, and for an adjustment of an account that does not exist yet. */
  readonly key?: string;
  /** The vendor's key of the client it belongs to (cards, accounts). */
  readonly parentKey?: string;
  /** Wire fields to set: those that differ (update) or all that we hold (create). */
  readonly fields: WireBody;
  /** For `update: 'replace'`: the body that was read last, without what is secret in it, with `fields` laid over it. */
  readonly body?: WireBody;
  /** For `update: 'replace'`: `fields` as they were in the body that was read last; an absent one was empty. */
  readonly before?: WireBody;
  /** For accounts, in minor units: the change, and the balance it leads to. */
  readonly adjust?: { readonly delta: number; readonly target: number; readonly cardNumber?: string };
  /** Our own reference for the new record, where the system may keep it. */
  readonly reference?: string;
  /** Stored before sending; the same on every repetition. */
  readonly idempotencyKey: string;
}

/**
 * Stores under which handle each operation is to be asked about, by its id; awaited just before what cannot be called back leaves (a
 * file, a load). A run that is killed after that asks `confirm` with the same handle, and it is known that the load may not have left.
 */
export type Intend = (handles: ReadonlyMap<string, string>) => Promise<void>;

export interface PushResult {
  readonly operationId: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: 'applied'; readonly key?: string; readonly notices?: readonly string[] }
  | { readonly kind: 'unchanged' }
  /** Taken, not yet done: ask `confirm` with the handle. */
  | { readonly kind: 'accepted'; readonly handle: string }
  /** Certainly not done; may be tried again after `ms`. */
  | { readonly kind: 'retry'; readonly ms: number; readonly code: string }
  /**
   * Certainly not done; the vendor refuses it. `reason` holds no values of people. `VENDOR_ERROR`: in the vendor's own words, which
   * may stand for a trouble that passes, so it is tried again a few times; any other code is final.
   */
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string }
  /** Not sent: a field to be changed was changed there since it was read. It is read and planned anew. */
  | { readonly kind: 'overtaken' }
  /**
   * Certainly not done, and nothing else would be now: the way to the system is at fault, as `trouble` says. The operation stays as it was,
   * no further one is sent in this run, and the run says why.
   */
  | { readonly kind: 'unsent'; readonly trouble: SverkaError }
  /** Sent, and nobody knows: to be settled by reading back. With `trouble`, no further one is sent in this run, as above. */
  | { readonly kind: 'unknown'; readonly code: string; readonly trouble?: SverkaError };

/** What keeps a run from sending more to a system after this outcome; null: nothing does. */
export function troubleOf(outcome: Outcome): SverkaError | null {
  return 'trouble' in outcome ? (outcome.trouble ?? null) : null;
}
