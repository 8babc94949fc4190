/** What is written of a client reads back as it was, and a change of rows names just the fields that were changed. */
import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { TABLES } from '../../canonical/schema/tables.ts';
import { groupOf } from '../../canonical/stores/client-details.ts';
import { type Cell, CLIENT_CHILDREN, cellIn, changedFields } from '../../canonical/stores/client-fields.ts';
import { writeEntities } from '../../canonical/stores/entities.ts';
import { valuesOfEntities } from '../../canonical/stores/entity-fields.ts';
import { FIELDS, type FieldValues, type Value } from '../../core/model.ts';
import { seeded } from '../../mappings/engine/proof/random.ts';
import { recordOf } from '../../mappings/engine/proof/values.ts';
import { describeStores } from '../support/stores.ts';

/** What no column holds: it stays in the records. */
const NOT_KEPT = ['cardNumber', 'reference'];
const NAMES = FIELDS.filter(({ entity, name }) => entity === 'client' && !NOT_KEPT.includes(name)).map(({ name }) => name);
const IN_CHILDREN = /^(phone|phones|phoneNotes|landline|email|emails|otherContacts|address\..*|specialDates\..*|document\..*|snils|group)$/;

/** Clients as a fold leaves them: no empty values, a main number not once more among the others, what is cut cut. */
function clients(count: number, seed: number): FieldValues[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, turn) => {
    const all = recordOf('client', NAMES, random, turn);
    const emails = [all['emails'] ?? []].flat().filter((email) => email !== all['email']);
    const others = [all['otherContacts'] ?? []].flat().map((text) => String(text).slice(0, 191));
    const group = groupOf(all);
    const values = { ...all, emails: emails.length === 0 ? null : emails, otherContacts: others.length === 0 ? null : [...new Set(others)].sort(), group };
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as FieldValues;
  });
}

async function write(store: Store, all: readonly FieldValues[], replaced: readonly number[]): Promise<void> {
  const names = [...new Set(all.map(groupOf).filter((name) => name !== null))];
  await store.db('groups').delete();
  for (const [at, name] of names.entries()) await store.db('groups').insert({ id: at + 1, name });
  const kept = { provenance: '{}', digest: 'd', createdRun: 1, changedRun: 1 };
  const writes = all.map((values, at) => ({ id: at + 1, values, ...kept }));
  await writeEntities(store.db, 'client', writes, replaced, 1, new Map(names.map((name, at) => [name, at + 1])));
}

const filled = (values: FieldValues | undefined): FieldValues => Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== null));

/** Rows beside the clients, by table and primary key. */
async function rowsOf(store: Store): Promise<Map<string, Record<string, Cell>>> {
  const rows = new Map<string, Record<string, Cell>>();
  for (const table of CLIENT_CHILDREN) {
    const primary = TABLES.find(({ name }) => name === table)?.primary ?? [];
    for (const row of (await store.db(table).select('*')) as Record<string, unknown>[])
      rows.set(
        JSON.stringify([table, row['client_id'], ...primary.map((name) => row[name])]),
        Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cellIn(cell)])),
      );
  }
  return rows;
}

describeStores('fields of stored clients', (openFresh) => {
  it('read back as they were written', async () => {
    const store = await openFresh();
    const all = clients(300, 11);
    await write(store, all, []);
    const ids = all.map((_, at) => at + 1);
    const read = await valuesOfEntities(store.db, 'client', ids);
    for (const [at, values] of all.entries()) expect(filled(read.get(at + 1))).toEqual(values);
    const met = new Set(all.flatMap((values) => Object.keys(values)));
    expect(NAMES.filter((name) => !met.has(name))).toEqual([]);
  });

  it('are named by the rows that change', async () => {
    const store = await openFresh();
    const [first, second] = [clients(150, 12), clients(150, 13)];
    // Of most fields nothing changes: what is named is what was touched.
    const random = seeded(14);
    const changed = first.map((values, at) => {
      const other = second[at] ?? {};
      const next: Record<string, Value> = { ...values };
      for (const name of NAMES.filter((one) => one !== 'phoneNotes' && one !== 'group' && random.chance(0.15))) next[name] = other[name] ?? null;
      const free = (list: Value | undefined, main: Value | undefined): Value => [list ?? []].flat().filter((item) => item !== main) as string[];
      return { ...next, phones: free(next['phones'], next['phone']), emails: free(next['emails'], next['email']), phoneNotes: null };
    });
    const before = first.map((values) => ({ ...values, phoneNotes: null }));
    await write(store, before, []);
    const ids = first.map((_, at) => at + 1);
    const [old, was] = [await valuesOfEntities(store.db, 'client', ids), await rowsOf(store)];
    await write(store, changed, ids);
    const [now, is] = [await valuesOfEntities(store.db, 'client', ids), await rowsOf(store)];
    const named = new Map<number, Set<string>>(ids.map((id) => [id, new Set()]));
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      const [table, id] = JSON.parse(key) as [string, number];
      const columns = Object.keys(was.get(key) ?? is.get(key) ?? {});
      const cells = (row: Record<string, Cell> | undefined): Cell[] | null => (row === undefined ? null : columns.map((name) => row[name] ?? null));
      for (const { field } of changedFields(table, columns, cells(was.get(key)), cells(is.get(key)))) named.get(id)?.add(field);
    }
    for (const id of ids) {
      const [a, b] = [filled(old.get(id)), filled(now.get(id))];
      const others = NAMES.filter((name) => IN_CHILDREN.test(name) && JSON.stringify(a[name]) !== JSON.stringify(b[name]));
      expect([...(named.get(id) ?? [])].sort()).toEqual(others.sort());
    }
  });
});
