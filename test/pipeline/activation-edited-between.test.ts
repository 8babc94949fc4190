import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { describeStores } from '../support/stores.ts';
import { EDITS } from './activation-edits.ts';
import { differences, type EditedWorld, everything, inEditedWorld } from './activation-kit.ts';
import { canonicalState, operationsOf, rowsOf } from './kit.ts';

/** What people did at the vendors in the meantime: in both systems, some of it where the edited mapping does not look. */
async function peopleWork(world: EditedWorld): Promise<void> {
  world.clock.jump(3_600_000);
  const { virtualpos, artix } = world.sandbox;
  virtualpos.machine.editCustomer('3', { email: 'later@mail.ru', lname: 'Позднякова' });
  virtualpos.machine.editCustomer('7', { custom_information: 'asked for a larger bag' });
  artix.machine.editClient('100010', { email: 'at.the.till@mail.ru' });
  await world.sync();
}

/** What is open, without numbers of ours. */
const open = async (store: Store): Promise<string[]> =>
  (await operationsOf(store))
    .filter(({ state }) => ['proposed', 'ready', 'held', 'unsupported'].includes(state))
    .map(({ system_id: system, stream, action, entity, entity_id: id, changes, state }) => JSON.stringify([system, stream, action, entity, id, changes, state]))
    .sort();

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
    for (const [table, { inserted, updated, deleted }] of Object.entries(differences(store, before, await everything(store))))
      result.changed[table] = inserted + updated + deleted;
    await world.sync({ job: 'apply', approvedBy: 'a tester' });
    await world.sync();
    result.records = (await rowsOf(store, 'records')).length;
    result.state = await canonicalState(store);
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
    for (const [name, edit] of Object.entries(EDITS)) {
      const taken = await outcome(edit, openFresh);
      expect([name, taken.exact, taken.why]).toEqual([name, false, expect.stringMatching(/^\d+ records? (was|were) changed since$/)]);
      // Whoever has nothing to do with what they did is as before the edit, to the byte.
      for (const table of ['records', 'clients', 'contacts', 'cards', 'links', 'operations', 'pushes'])
        expect(taken.changed[table] ?? 0, `${table} after ${name}`).toBeLessThanOrEqual((plain.changed[table] ?? 0) + 12);
      expect({ name, state: taken.state, open: taken.open }).toEqual({ name, state: plain.state, open: plain.open });
    }
  });
});
