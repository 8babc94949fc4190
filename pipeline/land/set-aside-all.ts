/** Many records of one stream set aside at once, because a mapping cannot read them. */
import type { Db } from '../../canonical/db.ts';
import { type QuarantineRow, quarantinedKeys } from '../../canonical/stores/quarantine.ts';
import { replaceQuarantine } from '../../canonical/stores/set-aside.ts';
import type { FieldProblem } from '../../mappings/engine/mapping.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';
import { entryOf, unreadable } from './quarantine-entry.ts';

export interface SetAside {
  readonly stream: string;
  readonly key: string;
  /** JSON. */
  readonly body: string;
  readonly problems: readonly FieldProblem[];
}

/** Writes the reasons; numbers of `quarantine` must have been reserved. The rows of the records are for the caller to write. */
export async function setAsideAll(trx: Db, engine: Engine, system: SystemSetup, records: readonly SetAside[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const keys = records.map(({ key }) => key);
  const known = new Map((await quarantinedKeys(trx, system.id, first.stream, keys)).map((row) => [row.record_key, row]));
  const rows = records.flatMap(({ problems, ...record }): QuarantineRow[] => {
    const why = unreadable(problems);
    return why === null ? [] : [entryOf(engine, system, { ...record, ...why }, known.get(record.key))];
  });
  await replaceQuarantine(trx, rows);
}
