import type { Connector, Probe, PushOperation, VendorRecord, WireBody } from '../../core/contract.ts';
import type { Faults } from '../../sandbox/shared/faults.ts';
import type { TestContextOptions } from '../support/context.ts';

/** One vendor machine, started and seeded, and what the kit must know of it. */
export interface Rig {
  readonly settings: unknown;
  /** The same with a wrong key; `check()` must refuse it. */
  readonly wrongSettings?: unknown;
  readonly faults: Faults;
  readonly context?: TestContextOptions;
  /** Keys that are there now, by stream of the readings: what a whole reading must yield, each once. */
  keys(): Readonly<Record<string, readonly string[]>>;
  /** Writes that took effect so far. */
  effects(): number;
  /** Texts seeded into fields of people, and secrets: none may appear in an error, an outcome or the log. */
  readonly markers: readonly string[];
  stop(): Promise<void>;
}

/** A write that the kit sends once in calm weather and then under every fault. */
export interface WriteCase<R extends Rig> {
  readonly stream: string;
  /** `unsafe`: sent twice it would happen twice, so a lost answer must end as `unknown`. */
  readonly kind: 'safe' | 'unsafe';
  /** Path of the writing call, for the faults; with its method where a reading has the same path. */
  readonly path: RegExp;
  readonly method?: 'POST';
  operation(rig: R): PushOperation;
  /** Whether the machine holds now what the operation wanted. */
  arrived(rig: R): boolean;
  /** An operation that the vendor refuses. */
  refused?(rig: R): PushOperation;
  /** Of a stream whose update is `replace`: one change, and what a person does there between our reading and it. */
  readonly meanwhile?: Meanwhile<R>;
}

/** `operation` must change the record `key` of the stream, in `field` alone. */
export interface Meanwhile<R extends Rig> {
  readonly key: string;
  readonly field: string;
  /** Edits fields of the record in the machine, as a person there would. */
  edit(rig: R, fields: Readonly<Record<string, string>>): void;
  /** What the machine holds in a field, as text. */
  holds(rig: R, field: string): string;
  /** Another field, which we do not change. */
  readonly other: string;
  /** Values that nobody has in either field. */
  readonly values: readonly [ofField: string, ofOther: string];
  readonly parentKey?: string;
}

export interface ReadCase {
  readonly reading: string;
  /** Path of the list call, for the faults. */
  readonly path: RegExp;
}

/** A look-up, tried in calm weather and under every fault. */
export interface FindCase<R extends Rig> {
  readonly stream: string;
  /** Path of the call, for the faults. */
  readonly path: RegExp;
  probe(rig: R): Probe;
  /** Keys of all that must be found, by stream. */
  expected(rig: R): Readonly<Record<string, readonly string[]>>;
  /** A probe that fits nobody. */
  nobody?(rig: R): Probe;
}

/** A facet of a record. */
export interface FacetCase<R extends Rig> {
  readonly stream: string;
  readonly facet: string;
  readonly path: RegExp;
  /** The record as the list shows it. */
  record(rig: R): VendorRecord;
  /** What the facet must say of it. */
  body(rig: R): WireBody;
}

export interface Acceptance<R extends Rig> {
  readonly name: string;
  readonly connector: Connector;
  start(): Promise<R>;
  readonly reads: readonly ReadCase[];
  readonly writes: Readonly<Record<string, WriteCase<R>>>;
  readonly finds?: Readonly<Record<string, FindCase<R>>>;
  readonly facets?: Readonly<Record<string, FacetCase<R>>>;
  /** Wire fields that no record of the seed fills, by stream, each with the reason. */
  readonly empty?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Cases that cannot be tried here, by their full name, each with the reason. */
  readonly skips?: Readonly<Record<string, string>>;
}
