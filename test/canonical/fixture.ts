import type { Store } from '../../canonical/open.ts';
import { bookkeepingStatements } from '../../canonical/schema/bookkeeping.ts';
import { createStatements } from '../../canonical/schema/ddl.ts';
import { flag, id, int, json, key, minor, short, type TableSpec, table, text } from '../../canonical/schema/table.ts';

/** A table with a column of every kind. */
export const THINGS: TableSpec = table(
  'things',
  "Things, a tester's \\ table.",
  {
    id: id('Id.'),
    name: text('Any text.', { nullable: true }),
    code: short('Short code.', 8, { default: "it's \\" }),
    vendor_key: key("A vendor's key.", { nullable: true }),
    amount: minor('Amount.', { nullable: true }),
    level: int('Level.', { default: 7 }),
    active: flag('Active.', { default: 0 }),
    body: json('Body.', { default: '{}' }),
  },
  { primary: ['id'], indexes: [['vendor_key']] },
);

/** A table under a key of two texts. */
export const PAIRS: TableSpec = table(
  'pairs',
  'Pairs.',
  { system: short('System.', 20), key: key('Key.'), value: int('Value.') },
  { primary: ['system', 'key'], unique: [['value']] },
);

/** Puts tables in, outside of any schema version. */
export async function create(store: Store, ...specs: readonly TableSpec[]): Promise<void> {
  const statements = specs.flatMap((spec) => createStatements(spec, store.dialect));
  for (const sql of [...bookkeepingStatements(store.dialect), ...statements]) await store.db.raw(sql);
}
