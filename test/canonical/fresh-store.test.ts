/** The stores of the tests are copies: one must not differ from what an installation makes. */
import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { schemaUp } from '../../canonical/schema/up.ts';
import { ANY_TIME, describeStores } from '../support/stores.ts';

/** The statements that the database itself gives for its tables and indexes, and every row. */
async function contentOf(store: Store): Promise<Record<string, unknown>> {
  const isSqlite = store.dialect.kind === 'sqlite';
  const told: unknown = await store.db.raw(isSqlite ? 'SELECT type, name, sql FROM sqlite_master ORDER BY type, name' : 'SHOW TABLES');
  const made = (isSqlite ? told : (told as [unknown])[0]) as Record<string, unknown>[];
  const names = isSqlite ? made.filter(({ type }) => type === 'table').map(({ name }) => String(name)) : made.map((row) => String(Object.values(row)[0]));
  const content: Record<string, unknown> = isSqlite ? { made } : {};
  for (const name of names)
    content[name] = { rows: await store.db(name), made: isSqlite ? null : ((await store.db.raw(`SHOW CREATE TABLE ${name}`)) as [unknown])[0] };
  return content;
}

describeStores('a store of a test', (openFresh) => {
  it('is what an installation makes, and has nothing of the test before it', async () => {
    const installed = await openFresh({ schema: false });
    await schemaUp(installed, ANY_TIME);
    const wanted = await contentOf(installed);
    expect(wanted).toMatchObject({ clients: { rows: [] }, schema_versions: { rows: [{ finished: 1 }] } });
    const used = await openFresh();
    expect(await contentOf(used)).toEqual(wanted);
    await used.db('sequences').insert({ name: 'left-behind', next: 7 });
    expect(await contentOf(await openFresh())).toEqual(wanted);
  });
});
