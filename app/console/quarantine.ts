/** Records set aside. */
import type { Db } from '../../canonical/db.ts';
import { quarantineById } from '../../canonical/stores/console.ts';
import { type QuarantineRow, quarantineInState } from '../../canonical/stores/quarantine.ts';
import { systemNames } from '../../canonical/stores/systems.ts';

export interface QuarantineItem {
  readonly id: number;
  readonly system: string;
  readonly stream: string;
  readonly key: string;
  readonly code: string;
  readonly field: string;
  readonly rule: string;
  readonly place: string | null;
  readonly state: string;
  readonly firstRun: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export async function quarantineList(db: Db, limit: number): Promise<QuarantineItem[]> {
  const names = await systemNames(db);
  return (await quarantineInState(db, 'open', limit)).map((row) => item(row, names));
}

/** One record with its body as it arrived; null where there is none. */
export async function quarantineItem(db: Db, id: number): Promise<(QuarantineItem & { readonly body: unknown }) | null> {
  const row = (await quarantineById(db, id)) as QuarantineRow | undefined;
  return row === undefined ? null : { ...item(row, await systemNames(db)), body: JSON.parse(row.body) as unknown };
}

function item(row: QuarantineRow, names: ReadonlyMap<number, string>): QuarantineItem {
  return {
    id: row.id,
    system: names.get(row.system_id) ?? `#${row.system_id}`,
    stream: row.stream,
    key: row.record_key,
    code: row.code,
    field: row.field,
    rule: row.rule,
    place: row.place,
    state: row.state,
    firstRun: row.first_run,
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}
