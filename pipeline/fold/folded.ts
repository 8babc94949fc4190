/** What goes into the fold and what comes out of it. */
import type { Value } from '../../core/model.ts';
import type { Stamp } from '../land/stamps.ts';
import type { ViewSource } from '../land/view.ts';

/** A record as the fold sees it. */
export interface Voice {
  readonly recordId: number;
  readonly system: string;
  readonly clockErrorMs: number;
  readonly view: ViewSource;
}

/** What one record says of one field. */
export interface Candidate {
  readonly recordId: number;
  readonly system: string;
  readonly value: Value;
  readonly stamp: Stamp;
  readonly clockErrorMs: number;
}

/** Where a value comes from. Losers are named by record; their values stand in their views. */
export interface Source {
  readonly record: number;
  readonly rule: string;
  readonly losers?: readonly { readonly record: number; readonly why: string }[];
}

export interface Folded {
  readonly values: Readonly<Record<string, Value>>;
  readonly provenance: Readonly<Record<string, Source>>;
  /** Fields that wait for a person to choose. */
  readonly undecided: readonly string[];
}

/** Rule of a part of a group that its winner does not have and that nobody emptied: there is no value, and each system keeps its own. */
export const KEPT_APART = 'kept apart';
