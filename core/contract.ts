/**
 * The contract of a connector: everything the engine knows of a vendor.
 *
 * Words. *Vendor*: a product. *Connector*: our code for one vendor. *System*: one configured installation.
 * *Stream*: one kind of thing a system yields or takes. *Wire*: the vendor's own form and names.
 * *Reading*: one way through a vendor's list; a reading may carry several streams, and is read once.
 * *Facet*: further wire paths of a record that cost a call of their own.
 */

import type { ZodType } from 'zod';
import type { Capabilities, Probe } from './capabilities.ts';
import type { Context } from './context.ts';
import type { FullLoad } from './full-load.ts';
import type { JournalEntry, JournalProbe } from './journal.ts';
import type { Json, WireBody } from './json.ts';
import type { CallPlace, Listener } from './listener.ts';
import type { Intend, Outcome, PushOperation, PushResult } from './push.ts';

/** One vendor product, declared as data and registered in one visible list (`app/registry.ts`). */
export interface Connector {
  readonly vendor: string;
  /** The system's `settings` in the configuration; unknown keys are refused. Secret settings carry `.meta({ secret: true })`. */
  readonly settings: ZodType;
  /** Wire schema of every stream's record body, known without opening a system. */
  readonly wire: Readonly<Record<string, ZodType>>;
  /** Where a system with these settings, which have passed the schema, is called back; null: nowhere. Absent: this vendor never calls. */
  calledAt?(settings: unknown): CallPlace | null;
  /** Opens a system. `settings` has passed the schema; no call is made yet. Throws `ConfigError`. */
  open(settings: unknown, ctx: Context): System;
}

export interface System {
  /** Reaches the vendor and logs in. Throws `ConnectionError` or `ConfigError` with a hint. */
  check(signal: AbortSignal): Promise<Health>;
  /** Yields batches in the order in which they must be committed. Throws by class (DESIGN §10); what was yielded stands. */
  pull(request: PullRequest, checkpoint: Json | null, signal: AbortSignal): AsyncIterable<Batch>;
  readonly streams: readonly Stream[];
  readonly readings: readonly Reading[];
  /** What this vendor calls us back with; listened for outside (`app/listener.ts`). */
  readonly listener?: Listener;
}

export interface Health {
  readonly version?: string;
  /** What a person should know: "write-only: no SMS code was given". Never a secret. */
  readonly remarks: readonly string[];
}

/** One way through a vendor's list. */
export interface Reading {
  readonly name: string;
  readonly streams: readonly string[];
  /** `full`: only whole snapshots. `changes`: also what changed since a time. `none`: cannot be read now (say why in `remark`). */
  readonly mode: 'full' | 'changes' | 'none';
  readonly remark?: string;
}

export interface PullRequest {
  readonly reading: string;
  /** A whole snapshot, or only what changed since the checkpoint (then never `complete: 'snapshot'`). */
  readonly full: boolean;
  /** Lower bound (UTC ms) for a reading of changes, when a person asks for one. */
  readonly since?: number;
  /**
   * Tells which units the store holds just as they were read, by the digests given with their roots. A connector that can tell
   * a unit's bytes apart without parsing them may ask, and hand on what is known by name (`Batch.unchanged`). Absent: nothing is.
   */
  readonly recognise?: (stream: string, units: readonly { readonly key: string; readonly digest: string }[]) => Promise<readonly boolean[]>;
}

/** Records read in one go, and where to go on from once they are stored. */
export interface Batch {
  readonly records: ReadonlyMap<string, readonly VendorRecord[]>;
  /** Records that broke the wire schema: they go to quarantine, and count as present. */
  readonly rejected: readonly RejectedRecord[];
  /** Roots of units that were recognised: they were there, with all that hangs on them. */
  readonly unchanged?: readonly { readonly stream: string; readonly key: string }[];
  /** UTC ms: when the request was sent and when its answer was complete. */
  readonly began: number;
  readonly ended: number;
  readonly checkpoint: Json;
  /** `snapshot` on the last batch of a reading that provably saw every row of all its streams. */
  readonly complete: 'page' | 'snapshot';
  /** Rows expected in all, when the vendor says so; for progress only. */
  readonly total?: number;
  /** On the last batch of a whole reading that proves nothing to be absent: why. */
  readonly remark?: string;
}

export interface VendorRecord {
  readonly key: string;
  readonly body: WireBody;
  /** The record it hangs on in the same system (a card's customer). Records with one parent, read with it, form a unit. */
  readonly parent?: { readonly stream: string; readonly key: string };
  /**
   * Wire paths this call speaks of; a covered path absent from `body` is empty. Without it the call covers the whole record: to be
   * left out only where the vendor omits what is empty, and this call shows all that any other call about the record shows.
   * `body`: the paths in the body and no others.
   */
  readonly covers?: readonly string[] | 'body';
  /** The vendor itself says that the record is deleted or archived. */
  readonly deleted?: boolean;
  /** Of the bytes that this record and all that hangs on it were read from, where a connector knows units by them; at most 22 characters. */
  readonly digest?: string;
}

export interface RejectedRecord {
  readonly stream: string;
  /** The vendor's key where it could be made out; without one it counts as mended when a whole reading does not tell it again. */
  readonly key: string | null;
  readonly body: Json;
  readonly field: string;
  /** What was expected there, in words without values. */
  readonly rule: string;
}

export interface Stream {
  readonly name: string;
  readonly wire: ZodType;
  readonly capabilities: Capabilities;
  /**
   * Sends operations. The next operation is taken only when it is about to be sent (the taker has stored by then that it is
   * under way), and each result is yielded as soon as it is known. Throws only where no operation was touched, or what `intend` throws.
   */
  push?(operations: AsyncIterable<PushOperation>, signal: AbortSignal, intend?: Intend): AsyncIterable<PushResult>;
  /** Looks records up. An empty answer means the vendor said "none". The client's cards and balances come along where one call gives them. */
  find?(probe: Probe, signal: AbortSignal): Promise<Found>;
  /** Asks what became of an accepted operation: `pending`, or its outcome. */
  confirm?(handle: string, signal: AbortSignal): Promise<Outcome | 'pending'>;
  readonly facets?: readonly Facet[];
  /** Whether a value may be sent in a wire field, as far as is known: a name may make a new entry of a dictionary, without leave. Absent: all may. */
  takes?(field: string, value: Json): boolean;
  /** Why a new record with these wire fields would be refused, as far as that is known without a call: code and words. Null: nothing speaks against it. */
  refuses?(fields: WireBody): string | null;
  /** Replaces everything the system holds of this stream. Never called but when a person asked for it in so many words. */
  readonly load?: FullLoad;
  /** Movements of one account as the vendor itself booked them, the newest first. */
  journal?(account: JournalProbe, signal: AbortSignal): AsyncIterable<JournalEntry>;
}

export interface Found {
  /** There are more than were given. */
  readonly cut?: boolean;
  readonly records: ReadonlyMap<string, readonly VendorRecord[]>;
  readonly rejected: readonly RejectedRecord[];
  readonly began: number;
  readonly ended: number;
}

/** Further paths of a record that cost one call each; read under a budget of calls. */
export interface Facet {
  readonly name: string;
  /** How long a reading of it stands; 30 days when silent. */
  readonly staleAfterMs?: number;
  readonly covers: readonly string[];
  read(record: VendorRecord, signal: AbortSignal): Promise<Found>;
}

export type { Capabilities, Intend, Json, Outcome, Probe, PushOperation, PushResult, WireBody };
