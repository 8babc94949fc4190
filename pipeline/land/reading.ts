/** One reading of one record, as it is landed. */
import type { VendorRecord } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';

export interface LandInput {
  readonly systemId: number;
  readonly stream: string;
  readonly record: VendorRecord;
  /** The record's body as JSON text. */
  readonly text: string;
  readonly mapping: Mapping;
  readonly began: number;
  readonly ended: number;
  /** When the last complete snapshot of its reading began: an unchanged record has stood since. */
  readonly standing: number | null;
  readonly clockErrorMs: number;
  readonly runId: number;
  /** The first reading of a facet of this record: what it covers has not been covered before. */
  readonly firstFacet: boolean;
  /** An update of ours sends the whole record, fields that we do not change along with those that we do. */
  readonly wroteWhole: boolean;
}

/** A reading whose values the mapping can read. */
export interface GoodReading {
  readonly body: VendorRecord['body'];
  readonly changed: ReadonlySet<string>;
  /** What the record said before. */
  readonly before: FieldValues;
  readonly values: FieldValues;
  /** When the vendor says that it was changed last. */
  readonly changedAt: number | null;
  readonly first: boolean;
}
