import { expect, it } from 'vitest';
import type { Vendor } from '../../sandbox/index.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { inWorld, openReviews, rowsOf } from './kit.ts';

const FOUR = ['shop', 'tills', 'crm', 'delivery'] as const;
const VENDORS: Readonly<Record<Vendor, string>> = { virtualpos: 'shop', artix: 'tills', lotinfo: 'crm', vodyanoy: 'delivery' };

/** Client number of each person's records, by system, as the engine sees it; the person by seeded record. */
async function found(world: World): Promise<{ clientsOf: Map<number, Set<unknown>>; peopleOf: Map<unknown, Set<number>> }> {
  const systems = new Map((await rowsOf(world.store, 'systems')).map((row) => [row['id'], row['name']]));
  const links = new Map((await rowsOf(world.store, 'links', { entity: 'client' })).map((row) => [row['record_id'], row['entity_id']]));
  const byKey = new Map(
    (await rowsOf(world.store, 'records', { stream: 'clients' })).map((row) => [`${systems.get(row['system_id'])}/${row['record_key']}`, links.get(row['id'])]),
  );
  const clientsOf = new Map<number, Set<unknown>>();
  const peopleOf = new Map<unknown, Set<number>>();
  for (const [person, keys] of world.sandbox.truth) {
    for (const [vendor, key] of Object.entries(keys)) {
      const client = byKey.get(`${VENDORS[vendor as Vendor]}/${key}`);
      if (client === undefined) continue;
      clientsOf.set(person, (clientsOf.get(person) ?? new Set()).add(client));
      peopleOf.set(client, (peopleOf.get(client) ?? new Set<number>()).add(person));
    }
  }
  return { clientsOf, peopleOf };
}

describeStores('300 people in four vendors against the truth', (openFresh) => {
  it('no two persons are made one, most of each are found, and nobody is created twice in a system', async () => {
    await inWorld(await openFresh(), { people: 300, seed: 11, config: configOf(FOUR, policiesOf(FOUR)) }, async (world) => {
      const report = await world.sync();
      expect(report.problems).toEqual([]);
      const { clientsOf, peopleOf } = await found(world);
      expect([...peopleOf.values()].filter((people) => people.size > 1).map((people) => [...people])).toEqual([]);
      const shared = [...world.sandbox.truth].filter(([, keys]) => Object.keys(keys).length > 1);
      const whole = shared.filter(([person]) => clientsOf.get(person)?.size === 1);
      expect(whole.length / shared.length).toBeGreaterThan(0.85);
      // Who is not found whole is asked about, or shares nothing by which a person could tell.
      const asked = new Set((await openReviews(world.store)).map((review) => review.entity_id));
      expect(asked.size).toBeGreaterThan(0);
      // A person whose records were found to be one is in each system once.
      const counts = new Map<string, number>();
      for (const row of await rowsOf(world.store, 'links', { entity: 'client' })) {
        const [record] = await rowsOf(world.store, 'records', { id: row['record_id'] });
        const at = `${row['entity_id']} in ${record?.['system_id']}`;
        counts.set(at, (counts.get(at) ?? 0) + 1);
      }
      expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    });
  }, 90_000);
});
