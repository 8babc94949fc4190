import type { Dialect } from '../dialect.ts';

/** One step of the schema. */
export interface SchemaVersion {
  readonly number: number;
  readonly name: string;
  /** The statements of this version, run one after another. Where one may have been run before a crash, it is passed over. */
  statements(dialect: Dialect): readonly string[];
}
