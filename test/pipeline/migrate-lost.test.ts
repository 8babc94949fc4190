/** An approved update of a migration that did not arrive: it goes again by itself, but not over what somebody entered there meanwhile. */
import { expect, it } from 'vitest';
import type { MigrationScope } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, inWorld, operationsOf, PETROV, PETROV_ARTIX, runWith, withSystem } from './kit.ts';

const config = configOf(['shop', 'tills'], policiesOf(['shop', 'tills']))
  .replaceAll('push: auto', 'push: plan')
  .replaceAll('create: all', 'create: none');
const INTO_SHOP: MigrationScope = { from: 'tills', to: 'shop' };
const SYSTEMS = [INTO_SHOP.from, INTO_SHOP.to];
const UPDATE = { path: /\/update$/ };

const customer = (world: World) => world.sandbox.virtualpos.machine.customers.get('1');

/** Applies the migration; `meanwhile` happens between what was sent and its reading back. */
const apply = (world: World, meanwhile: () => void) =>
  runWith(
    world,
    (setup) =>
      withSystem(setup, 'shop', (system) => ({
        ...system,
        streams: system.streams.map((port) =>
          port.push === undefined || port.name !== 'clients'
            ? port
            : {
                ...port,
                async *push(operations, signal) {
                  yield* port.push?.(operations, signal) ?? [];
                  meanwhile();
                },
              },
        ),
      })),
    { job: 'apply', migration: INTO_SHOP, systems: SYSTEMS, approvedBy: 'a tester' },
  );

describeStores('an update of a migration that did not arrive', (openFresh) => {
  it.each([
    ['goes again', {}, { email: 'till@mail.ru', gender: 'F' }, 'applied'],
    ['goes again but for what was edited there', { email: 'edit@mail.ru' }, { email: 'edit@mail.ru', gender: 'F' }, 'applied'],
    ['does not go again where all of it was edited', { email: 'edit@mail.ru', gender: '' }, { email: 'edit@mail.ru', gender: '' }, 'stale'],
  ])('%s', async (_what, edit, after, state) => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, { ...PETROV, email: 'shop@mail.ru' });
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru', sex: 1 }, null);
      await world.sync();
      await world.sync({ job: 'migrate', migration: INTO_SHOP, systems: SYSTEMS });
      const [row] = await operationsOf(world.store, { state: 'proposed', action: 'update', system_id: 1 });
      world.sandbox.virtualpos.faults.add({ kind: 'reset-before', match: UPDATE, times: Number.POSITIVE_INFINITY });
      let isFirst = true;
      const report = await apply(world, () => {
        world.sandbox.virtualpos.faults.clear();
        if (isFirst && Object.keys(edit).length > 0) world.sandbox.virtualpos.machine.editCustomer('1', edit);
        isFirst = false;
      });
      expect([report.state, await operationsOf(world.store, { id: row?.id })]).toMatchObject(['done', [{ state }]]);
      expect(customer(world)).toMatchObject(after);
    });
  });
});
