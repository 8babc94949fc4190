import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { describeStores } from '../support/stores.ts';
import { EDITS } from './activation-edits.ts';
import { differences, type EditedWorld, everything, inEditedWorld, SHOP, swap } from './activation-kit.ts';
import { addShopClient, addTillClient, CARD, canonicalState, operationsOf, PETROV, PETROV_ARTIX, type Row, rowsOf } from './kit.ts';

/** What people did at the vendors in the meantime: in both systems, some of it where the edited mapping does not look. */
async function peopleWork(world: EditedWorld): Promise<void> {
  world.clock.jump(3_600_000);
  const { virtualpos, artix } = world.sandbox;
  virtualpos.machine.editCustomer('3', { email: 'later@mail.ru', lname: 'Позднякова' });
  virtualpos.machine.editCustomer('7', { custom_information: 'asked for a larger bag' });
  addShopClient(world, PETROV, CARD);
  artix.machine.editClient('100010', { email: 'at.the.till@mail.ru' });
  await world.sync();
}

const ALL: typeof EDITS = {
  ...EDITS,
  'what people are recognised by sent to the attributes': ({ edit }) =>
    edit(SHOP, (text) =>
      text.replace(/^ {2}phone:.*$/m, '  attributes.virtualpos.phone: phone').replace(/^ {2}email:.*$/m, '  attributes.virtualpos.email: email'),
    ),
};

/** What is open, without numbers of ours. */
const open = async (store: Store): Promise<string[]> =>
  (await operationsOf(store))
    .filter(({ state }) => ['proposed', 'ready', 'held', 'unsupported'].includes(state))
    .map(({ system_id: system, stream, action, entity, changes, state }) => JSON.stringify([system, stream, action, entity, changes, state]))
    .sort();

/** Rows without their places in the order of changes. */
const unplaced = (tables: Record<string, Row[]>): Record<string, Row[]> =>
  Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [name, rows.map(({ change_seq: _, touched_seq: _touched, changed_run: _run, ...row }) => row)]),
  );

async function outcome(edit: ((world: EditedWorld) => void | Promise<void>) | null, openFresh: () => Promise<Store>) {
  const store = await openFresh();
  const result = {
    records: 0,
    state: {},
    open: [] as string[],
    why: null as string | null,
    changed: {} as Record<string, number>,
    exact: null as boolean | null,
  };
  await inEditedWorld(store, ['shop', 'tills'], { people: 25 }, async (world) => {
    await world.sync();
    await world.sync();
    const before = await everything(store);
    if (edit !== null) {
      await edit(world);
      await world.activate();
    }
    await peopleWork(world);
    if (edit !== null) {
      const back = await world.rollback();
      result.why = back.why;
      result.exact = back.exact;
    }
    for (const [table, { inserted, updated, deleted }] of Object.entries(differences(store, unplaced(before), unplaced(await everything(store)))))
      result.changed[table] = inserted + updated + deleted;
    await world.sync({ job: 'apply', approvedBy: 'a tester' });
    await world.sync();
    result.records = (await rowsOf(store, 'records')).length;
    // When somebody was registered is a matter of the clock.
    result.state = JSON.parse(JSON.stringify(await canonicalState(store)).replaceAll(/"registered_at":\d+/g, '"registered_at":0'));
    result.open = await open(store);
    const writes = world.writes();
    await world.sync();
    expect(world.writes()).toBe(writes);
    expect((await rowsOf(store, 'pushes')).length).toBeGreaterThan(0);
  });
  return result;
}

describeStores('taking a mapping back after people have worked', (openFresh) => {
  it('loses nothing that they did, and leaves what would be without the edit', { timeout: 600_000 }, async () => {
    const plain = await outcome(null, openFresh);
    expect(plain.records).toBeGreaterThan(60);
    for (const [name, edit] of Object.entries(ALL)) {
      const taken = await outcome(edit, openFresh);
      expect([name, taken.exact, taken.why]).toEqual([name, false, expect.stringMatching(/^\d+ records? (was|were) changed since$/)]);
      // Whoever has nothing to do with what they did is as before the edit, to the byte.
      for (const table of ['records', 'clients', 'contacts', 'cards', 'links', 'operations', 'pushes'])
        expect(taken.changed[table] ?? 0, `${table} after ${name}`).toBeLessThanOrEqual((plain.changed[table] ?? 0) + 6);
      expect({ name, state: taken.state, open: taken.open }).toEqual({ name, state: plain.state, open: plain.open });
    }
  });

  it('reads whoever came in the meantime as the former mapping does', { timeout: 120_000 }, async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['tills'], { people: 5 }, async (world) => {
      await world.sync();
      world.edit('artix/clients.yaml', swap('lastname', 'patronymic'));
      await world.activate();
      addTillClient(world, 'c1', PETROV_ARTIX, CARD);
      await world.sync();
      const viewOf = async () => JSON.parse(String((await rowsOf(store, 'records', { stream: 'clients', record_key: 'c1' }))[0]?.['view']));
      expect((await viewOf())['name.last']).not.toBe('Петров');
      expect(await world.rollback()).toMatchObject({ exact: false });
      expect((await viewOf())['name.last']).toBe('Петров');
      expect((await rowsOf(store, 'clients')).map((row) => row['name_last'])).toContain('Петров');
    });
  });
});
