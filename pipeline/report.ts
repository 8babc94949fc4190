/** What a run did, in counts and codes; values of people never enter it. Kept in `runs` and printed by the commands. */

import type { PendingEdit } from './activation/edition.ts';
import type { FilterCondition } from './setup.ts';

/** Counts of one stream's records. They add up: read = added + changed + unchanged + quarantined. */
export interface StreamCounts {
  read: number;
  added: number;
  changed: number;
  unchanged: number;
  quarantined: number;
  /** Absent from a complete snapshot; deleted for certain. */
  missing: number;
  deleted: number;
}

export interface ReadingReport {
  readonly system: string;
  readonly reading: string;
  /** `snapshot`: whole; `changes`: what changed; `partial`: not whole, with the reason; `failed`: with the error; `skipped`: cannot be read, with the remark. */
  readonly result: 'snapshot' | 'changes' | 'partial' | 'failed' | 'skipped';
  readonly streams: Readonly<Record<string, StreamCounts>>;
  readonly ms: number;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  /** Facets that could not be read of some records: counts and codes. The records themselves are read. */
  readonly facets?: readonly FacetTrouble[];
}

export interface FacetTrouble {
  readonly stream: string;
  readonly facet: string;
  /** Records by the code of their error. */
  readonly failed: Readonly<Record<string, number>>;
  /** The code that ended it for this run, with the records left to a later one. */
  readonly ended?: { readonly code: string; readonly left: number };
}

/** Who is who, and what became of the entities. */
export interface ResolveCounts {
  /** Records looked at, and by which rule they were linked. */
  records: number;
  links: Record<string, number>;
  clients: { created: number; changed: number; unchanged: number; merged: number };
  cards: { created: number; changed: number; unchanged: number };
  cardTypes: { created: number; changed: number; unchanged: number };
  /** Ledger entries booked, and their sum in minor units. */
  movements: number;
  moved: number;
  /** Reviews asked in this run. */
  reviews: number;
}

/** Operations of one system and stream by action and state. */
export interface OperationCounts {
  readonly system: string;
  readonly stream: string;
  readonly action: string;
  readonly states: Readonly<Record<string, number>>;
  /** Fields that updates change, with how many operations change each. */
  readonly fields: Readonly<Record<string, number>>;
  /** Why some are held or refused: code and count. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Differences that the system cannot take, listed in the run that finds them: by reason, the fields with how many records differ in each. */
  readonly unsupported: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What waits now, for a person or for a later run. */
export interface Waiting {
  readonly proposed: number;
  readonly held: number;
  /** Refused by the vendor, and tried often enough. */
  readonly refused: number;
  /** Not sent yet, or refused for now: a later run sends it. */
  readonly later: number;
  /** The answer was lost: the next run reads back what became of it. */
  readonly unknown: number;
  /** Taken by the vendor, not yet confirmed. */
  readonly accepted: number;
  readonly reviews: number;
  readonly quarantined: number;
  /** Of those that need a person, what is new in this run. */
  readonly fresh: number;
}

/** Mappings that a run put into use, because none was, those that people changed since the run before, and edits that it did not use. */
export interface MappingNews {
  readonly activated: readonly { readonly system: string; readonly stream: string; readonly version: string; readonly file: string }[];
  /** Oldest first. */
  readonly changed: readonly MappingChange[];
  readonly pending: readonly PendingEdit[];
}

/** An activation that this run is the first to work with, or without where it was taken back. */
export interface MappingChange {
  readonly what: 'activated' | 'taken back';
  readonly activation: number;
  /** As `system/stream`. */
  readonly mappings: readonly string[];
}

export interface RunReport {
  readonly runId: number;
  readonly job: string;
  readonly dry: boolean;
  readonly state: 'done' | 'waiting' | 'failed' | 'interrupted';
  readonly ms: number;
  readonly readings: readonly ReadingReport[];
  readonly resolved: ResolveCounts;
  readonly operations: readonly OperationCounts[];
  readonly waiting: Waiting;
  /** Write operations that reached vendors in this run. */
  readonly delivered: number;
  /** For a migration: what it found to move, and what the target cannot take. */
  readonly migration?: MigrationPreview;
  readonly mappings: MappingNews;
  readonly problems: readonly { readonly system?: string; readonly code: string; readonly message: string; readonly hint: string }[];
}

/** A one-off move of what one system holds into another. */
export interface MigrationScope {
  readonly from: string;
  readonly to: string;
  /** Only clients whose canonical values hold all of these. */
  readonly where?: readonly FilterCondition[];
  /** At most so many clients for whom there is something to do. */
  readonly limit?: number;
  /**
   * Which values the target gets where it holds others: those of the `source` (when silent), in which the target itself has no say, or
   * those that count by the `policies`.
   */
  readonly values?: 'source' | 'policies';
}

/** What is lost of values on their way into the target: by stream, field and kind of loss, in how many records. */
export interface LossCount {
  readonly stream: string;
  readonly field: string;
  readonly kind: string;
  readonly detail: string;
  readonly count: number;
}

/** Something that the target cannot do at all, or is not let do, and how much that concerns. */
export interface CannotCount {
  readonly stream: string;
  readonly why: string;
  readonly count: number;
}

/** A field in which records of the target say otherwise than the source, and what becomes of them. */
export interface DiffersCount {
  readonly stream: string;
  readonly field: string;
  /** Whose value counts: the name of a system, `a person`, `the policies` where it is made of several, or `review` where nobody has decided. */
  readonly wins: string;
  /** Null: the source's value is proposed. Else what becomes of it instead. */
  readonly why: string | null;
  readonly count: number;
}

export interface MigrationPreview extends MigrationScope {
  /** What the source holds of whom is to be moved. `points` in minor units. */
  readonly source: { readonly clients: number; readonly cards: number; readonly accounts: number; readonly points: number };
  /** What the source holds of nobody, and what is therefore not moved. `points` in minor units. */
  readonly ownerless: { readonly cards: number; readonly accounts: number; readonly points: number };
  /** Clients and cards of these that the target has already. */
  readonly there: { readonly clients: number; readonly cards: number };
  /** Of these, how many have something otherwise than the source, and in which fields. */
  readonly otherwise: { readonly clients: number; readonly cards: number };
  readonly differs: readonly DiffersCount[];
  readonly losses: readonly LossCount[];
  readonly cannot: readonly CannotCount[];
}

export function emptyCounts(): StreamCounts {
  return { read: 0, added: 0, changed: 0, unchanged: 0, quarantined: 0, missing: 0, deleted: 0 };
}

export const NOTHING_WAITS: Waiting = { proposed: 0, held: 0, refused: 0, later: 0, unknown: 0, accepted: 0, reviews: 0, quarantined: 0, fresh: 0 };

export function emptyResolve(): ResolveCounts {
  const entity = (): { created: number; changed: number; unchanged: number } => ({ created: 0, changed: 0, unchanged: 0 });
  return { records: 0, links: {}, clients: { ...entity(), merged: 0 }, cards: entity(), cardTypes: entity(), movements: 0, moved: 0, reviews: 0 };
}
