/** What the pipeline sees of a compiled mapping: pure functions between a record's body and canonical values. */
import type { Json, WireBody } from '../../core/contract.ts';
import type { EntityKind, FieldValues } from '../../core/model.ts';

export interface Mapping {
  readonly vendor: string;
  readonly stream: string;
  readonly entity: EntityKind;
  /** Hash of the mapping and of everything it was compiled with (zone, look-ups, overrides). */
  readonly version: string;
  readonly lines: readonly MappingLine[];
  /**
   * Decodes a body. Fields whose wire paths are all absent are not said and are left out; empty ones are `null`. A time of change or of
   * making that is there and cannot be read is a problem like that of any field.
   */
  decode(body: WireBody): Decoded;
  /** When the vendor says the record last changed, UTC ms; null where the mapping names no such field, or it is empty or unreadable. */
  changedAt(body: WireBody): number | null;
  /**
   * Encodes values into wire fields. `current` is the record's present body, out of which nested values that we do not own are
   * kept (a contact of another type). Fields that cannot be pushed are not written.
   */
  encode(values: FieldValues, current: WireBody | null): Encoded;
  /**
   * What the system will hold of values: `decode(encode(values))`. Equal renditions are no difference. Values that are written
   * in one wire field (the parts of a name) must be given together. Fields that the system cannot take are left out.
   */
  renditions(values: FieldValues, current: WireBody | null): FieldValues;
}

export interface MappingLine {
  readonly field: string;
  /** Top-level wire names the field is read from. */
  readonly sources: readonly string[];
  readonly only: 'pull' | 'push' | null;
  /** Line of the mapping file, for messages. */
  readonly line: number;
}

export interface Decoded {
  readonly values: FieldValues;
  /** Not empty: the record goes to quarantine; `values` then serve for recognising the person only. */
  readonly problems: readonly FieldProblem[];
  /** As `changedAt` of the mapping. */
  readonly changedAt: number | null;
}

/** Why a value cannot be read. Never contains the value. */
export interface FieldProblem {
  readonly field: string;
  readonly path: string;
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Encoded {
  readonly wire: WireBody;
  readonly losses: readonly Loss[];
}

/** What a system cannot take of a value. */
export interface Loss {
  readonly field: string;
  readonly kind: 'cut' | 'no-code' | 'no-home' | 'precision' | 'form';
  readonly detail: string;
}

/** Wire names by stream, handed to the compiler by the composition root. */
export type WireRegistry = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

export type { Json };
