import { expect, it } from 'vitest';
import { bulkInsert } from '../../canonical/bulk.ts';
import type { Value } from '../../canonical/dialect.ts';
import { queryObjects } from '../../canonical/execute.ts';
import type { Row } from '../../canonical/rows.ts';
import { selectIn } from '../../canonical/select-in.ts';
import { describeStores } from '../support/stores.ts';

const COLUMNS = ['record_id', 'entity', 'entity_id', 'rule', 'run_id'];
const ROWS = 20_000;
/** Whether a server would read all of the table without it hangs on its figures of that moment; what it is told does not. */
const NAMED = 'FORCE INDEX (`i_links_entity_id_entity`)';

describeStores('rows by many keys', (openFresh) => {
  it('are looked up in an index, also where reading all of a table that has just grown looks cheaper', async () => {
    const store = await openFresh();
    const rows = Array.from({ length: ROWS }, (_, at): Row => [at + 1, at % 2 === 0 ? 'client' : 'card', Math.floor(at / 2) + 1, 'single', 1]);
    await bulkInsert(store.db, 'links', COLUMNS, rows);
    const asked: { sql: string; options?: { values?: Value[] } }[] = [];
    const listen = (query: (typeof asked)[number]): void => void asked.push(query);
    store.db.on('query', listen);
    const keys = Array.from({ length: 2000 }, (_, at) => at * 5 + 1);
    const found = await selectIn(store.db, 'links', COLUMNS, 'entity_id', keys, { entity: 'card' });
    store.db.removeListener('query', listen);
    expect(found.map(([record]) => Number(record)).sort((a, b) => a - b)).toEqual(keys.map((key) => key * 2));
    expect(asked.length).toBeGreaterThan(1);
    for (const { sql, options } of asked) {
      expect(sql.includes(NAMED)).toBe(store.dialect.kind === 'mysql');
      expect(await tableIsRead(sql, options?.values ?? [])).toBe(false);
    }

    async function tableIsRead(sql: string, values: Value[]): Promise<boolean> {
      if (store.dialect.kind === 'sqlite') {
        const plan = await queryObjects<{ detail: string }>(store.db, `EXPLAIN QUERY PLAN ${sql}`, values);
        return plan.some(({ detail }) => detail.startsWith('SCAN'));
      }
      const plan = await queryObjects<{ type: string }>(store.db, `EXPLAIN ${sql}`, values);
      return plan.some(({ type }) => type === 'ALL');
    }
  });
});
