/** What a run is given: opened systems, compiled mappings and the policies of the configuration. Made by the composition root. */
import type { Clock, Logger } from '../core/context.ts';
import type { Stream, System } from '../core/contract.ts';
import type { Mapping } from '../mappings/engine/mapping.ts';
import type { MappingsInUse } from './activation/edition.ts';
import type { Closed } from './closed.ts';

/** A closed filter over canonical values: all conditions must hold. */
export interface FilterCondition {
  readonly field: string;
  readonly is?: string | number | boolean;
  readonly in?: readonly (string | number | boolean)[];
  readonly empty?: boolean;
  /** Digests of the values among which it is: a condition as it is kept, without a value of a person. */
  readonly digests?: readonly string[];
}

/** What a system gets in one stream (DESIGN §7a). */
export interface StreamPolicy {
  readonly pull: boolean;
  readonly push: 'off' | 'plan' | 'auto';
  readonly create: 'none' | 'all' | readonly FilterCondition[];
  /** Canonical fields or groups that may be updated. */
  readonly update: 'all' | readonly string[];
  /**
   * `propagate`: what was deleted in another system is deleted here too. `ignore`: what a record said that is deleted here goes on counting;
   * with the others it does not.
   */
  readonly delete: 'ignore' | 'unlink' | 'propagate';
}

/** Operations of a run and system above either bound become a plan. */
export interface Guard {
  readonly count: number;
  /** Share of the stream's known records (0–1); looked at from 1,000 records on, where a share means something. */
  readonly share: number;
}

export interface SystemSetup {
  /** Number of the system in the store. */
  readonly id: number;
  readonly name: string;
  readonly system: System;
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly policies: ReadonlyMap<string, StreamPolicy>;
  readonly creates: 'seen' | 'blind';
  readonly ownReference: 'use' | 'leave';
  /** How far its clock may be off, ms. */
  readonly clockErrorMs: number;
  /** Calls per run for each facet. */
  readonly facetBudget: number;
  readonly guards: { readonly create: Guard; readonly update: Guard; readonly delete: Guard };
  /** Wire name of each bonus programme's code: what an adjustment writes for `programme`. */
  readonly streams: ReadonlyMap<string, Stream>;
  /**
   * Why it is not to be called now: paused, quiet hours, the day's calls used up; null when it may be. `sure`: asked anew, where an
   * answer of the last second or two would do otherwise. Absent: it always may be called.
   */
  closed?(sure: boolean): Promise<Closed | null>;
}

export type FieldRule = 'authority' | 'latest' | 'most-complete' | 'union' | 'oldest' | 'local';

export interface FieldPolicy {
  readonly rule: FieldRule;
  /** Systems, most trusted first; systems not named come after, by name. */
  readonly authority?: readonly string[];
}

export interface Policies {
  /** Order of trust where a field says nothing of its own. */
  readonly authority: readonly string[];
  readonly rule: FieldRule;
  /** By canonical field or group. */
  readonly fields: ReadonlyMap<string, FieldPolicy>;
  readonly firstSync: 'authority' | 'most-complete' | 'review';
  readonly openingBalances: 'authority' | 'sum' | 'max' | 'review';
  readonly lostAdjustments: 'hold' | 'infer';
  /** How long after a lost answer a reading is believed, ms. */
  readonly settleMs: number;
  /** A contact held by more records than this is a switchboard, and evidence of nothing. */
  readonly maxSharedContact: number;
}

/** Progress for people: rows done of rows expected in one reading, operations done of operations to deliver. */
export interface Progress {
  reading(system: string, reading: string, done: number, total: number | null): void;
  step(name: string, done: number, total: number | null): void;
  delivering(system: string, stream: string, done: number, total: number): void;
}

/**
 * Until when a run may believe that its leases are its own, by its own clock. A vendor cannot check a token: whatever is about to
 * reach one asks here first, so that a process that was paused does not send what another has sent in its place meanwhile.
 */
export interface Fence {
  until: number;
  /** Makes sure of the leases and sets `until` anew. Throws `StoreError` `RUN_LEASE_LOST` when another has taken one. */
  renew(): Promise<void>;
}

export interface RunSetup {
  readonly systems: readonly SystemSetup[];
  readonly mappings: MappingsInUse;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly log: Logger;
  /** From here on every line of the log, the connectors' too, carries the number of the run. */
  runBegins(run: number): void;
  readonly progress: Progress;
  uuid(): string;
  /** Names this process, and tells whether another that held the lease is certainly gone. */
  readonly owner: { readonly name: string; isGone(name: string): boolean };
  /** Ends everything at once, calls under way too. */
  readonly signal: AbortSignal;
  /** Asks the run to end after the batch under way: nothing new is begun, what was begun is finished. Its reason is a `SverkaError`. */
  readonly stopping?: AbortSignal;
  /** The job of the configuration that is executed. Its lease is checked beside the store's in the transaction of every effect. */
  readonly job?: { readonly name: string; readonly due: number; readonly lease: { readonly name: string; readonly token: number } };
  /** Calls `beat` again and again until what it gives back is called. Without it leases are kept by effects alone. */
  readonly heartbeat?: (beat: () => Promise<void>) => () => void;
  /** Asked by the composition root before every call; set by the run. */
  readonly fence?: Fence;
  /** How long a lease lasts without a sign of life, ms; ten minutes when silent, which is longer than a vendor may make us wait. */
  readonly leaseMs?: number;
}
