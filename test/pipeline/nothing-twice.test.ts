/**
 * Each of these devices was taken out once, and a test here failed: readings of accounts whose adjustment is under way are not booked
 * (book, opened), operations that a killed run left as being sent are recovered (settle).
 */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type SYSTEMS, type World } from '../support/world.ts';
import { addShopClient, addTillClient, answer, CARD, inWorld, openReviews, operationsOf, PETROV, PETROV_ARTIX, quiet, runWith, withSystem } from './kit.ts';

type Name = keyof typeof SYSTEMS;
type Vendor = 'virtualpos' | 'artix' | 'lotinfo' | 'vodyanoy';

interface Lost {
  readonly what: string;
  readonly systems: readonly Name[];
  readonly vendor: Vendor;
  readonly match: { method?: string; path: RegExp };
  /** The state before the write whose answer is lost, from nothing; `later`: after a first quiet sync. */
  readonly before: (world: World) => void;
  readonly later?: (world: World) => void;
  /** The effect, counted at the vendor. */
  readonly effect: (world: World) => unknown;
  readonly once: unknown;
  /** Cannot be told by reading back: a person is asked, and says that it arrived. */
  readonly person?: boolean;
}

const shopPerson = (world: World): void => void addShopClient(world, PETROV);
const tillPerson = (world: World): void => addTillClient(world, '4', PETROV_ARTIX, null);
const tillCard = (world: World): void => addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
const shopCard = (world: World): void => void addShopClient(world, PETROV, CARD, 5000);
const onlyBalance = (world: World): number => world.sandbox.virtualpos.machine.balance([...world.sandbox.virtualpos.machine.customers.keys()][0] ?? '', '1');

const LOST: readonly Lost[] = [
  {
    what: 'a VirtualPOS customer',
    systems: ['shop', 'tills'],
    vendor: 'virtualpos',
    match: { path: /\/update$/ },
    before: tillPerson,
    effect: (world) => [...world.sandbox.virtualpos.machine.customers.values()].map(({ lname }) => lname),
    once: ['Петров'],
  },
  {
    what: 'an update in VirtualPOS',
    systems: ['shop', 'tills'],
    vendor: 'virtualpos',
    match: { path: /\/update$/ },
    before: tillPerson,
    later: (world) => world.sandbox.artix.machine.editClient('4', { email: 'neu@mail.ru' }),
    effect: (world) => [...world.sandbox.virtualpos.machine.customers.values()].map(({ email }) => email),
    once: ['neu@mail.ru'],
  },
  {
    what: 'a VirtualPOS card',
    systems: ['shop', 'tills'],
    vendor: 'virtualpos',
    match: { path: /updateCard$/ },
    before: tillCard,
    effect: (world) => [...world.sandbox.virtualpos.machine.cards.values()].map(({ uid }) => uid),
    once: [CARD],
  },
  {
    what: 'a bonus delta in VirtualPOS',
    systems: ['shop', 'tills'],
    vendor: 'virtualpos',
    match: { path: /updateBonus$/ },
    before: tillCard,
    later: (world) => world.sandbox.artix.machine.earn(CARD, 700),
    effect: onlyBalance,
    once: 5700,
    person: true,
  },
  {
    what: 'an Artix client',
    systems: ['shop', 'tills'],
    vendor: 'artix',
    match: { method: 'POST', path: /\/clients?$/ },
    before: shopPerson,
    effect: (world) => [...world.sandbox.artix.machine.clients.values()].map((client) => client['lastname']),
    once: ['Петров'],
  },
  {
    what: 'an update in Artix',
    systems: ['shop', 'tills'],
    vendor: 'artix',
    match: { method: 'POST', path: /\/clients?$/ },
    before: shopPerson,
    later: (world) => world.sandbox.virtualpos.machine.editCustomer('1', { email: 'neu@mail.ru' }),
    effect: (world) => [...world.sandbox.artix.machine.clients.values()].map((client) => client['email']),
    once: ['neu@mail.ru'],
  },
  {
    what: 'an Artix card',
    systems: ['shop', 'tills'],
    vendor: 'artix',
    match: { method: 'POST', path: /CSrest.*\/cards?$/ },
    before: shopCard,
    effect: (world) => [...world.sandbox.artix.machine.cards.keys()],
    once: [CARD],
  },
  {
    what: 'an Artix asset',
    systems: ['shop', 'tills'],
    vendor: 'artix',
    match: { method: 'POST', path: /ACC.*\/assets?/ },
    before: shopCard,
    effect: (world) => world.sandbox.artix.machine.balance(CARD),
    once: 5000,
  },
  {
    what: 'an Artix asset on an account that is there',
    systems: ['shop', 'tills'],
    vendor: 'artix',
    match: { method: 'POST', path: /ACC.*\/assets?/ },
    before: shopCard,
    later: (world) => world.sandbox.virtualpos.machine.earn('1', '1', 700),
    effect: (world) => [world.sandbox.artix.machine.balance(CARD), onlyBalance(world)],
    once: [5700, 5700],
  },
  {
    what: 'a bonus delta that opens an account in VirtualPOS',
    systems: ['shop', 'tills'],
    vendor: 'virtualpos',
    match: { path: /updateBonus$/ },
    before: tillCard,
    effect: onlyBalance,
    once: 5000,
    person: true,
  },
  {
    what: 'a Lotinfo client',
    systems: ['shop', 'crm'],
    vendor: 'lotinfo',
    match: { method: 'PUT', path: /CLIENTS/i },
    before: shopPerson,
    effect: (world) => [...world.sandbox.lotinfo.machine.clients.values()].map(({ fields }) => fields.fioF),
    once: ['Петров'],
  },
  {
    what: 'a Vodyanoy client',
    systems: ['shop', 'delivery'],
    vendor: 'vodyanoy',
    match: { method: 'POST', path: /clients/ },
    before: shopPerson,
    effect: (world) => [...world.sandbox.vodyanoy.machine.clients.values()].map(({ naimenovanie }) => naimenovanie),
    once: ['Петров Пётр Иванович'],
  },
];

describeStores('nothing is done twice', (openFresh) => {
  for (const lost of LOST) {
    it(`when every answer about ${lost.what} is lost`, async () => {
      await inWorld(await openFresh(), { config: configOf(lost.systems) }, async (world) => {
        const { faults } = world.sandbox[lost.vendor];
        lost.before(world);
        if (lost.later !== undefined) {
          await world.sync();
          world.clock.jump(60_000);
          lost.later(world);
        }
        const fault = { kind: 'reset-after', match: lost.match, times: 50 } as const;
        faults.add(fault);
        await world.sync();
        faults.clear();
        expect(lost.effect(world)).toEqual(lost.once);
        if (lost.person === true) {
          expect(await operationsOf(world.store, { state: 'unknown', needs_person: 1 })).toHaveLength(1);
          await world.sync();
          expect(lost.effect(world)).toEqual(lost.once);
          await answer(
            world,
            (await openReviews(world.store)).find((review) => review.kind === 'lost-write'),
            'applied',
          );
        }
        await world.sync();
        await world.sync();
        expect(lost.effect(world)).toEqual(lost.once);
        expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
        expect(await operationsOf(world.store, { state: 'unknown' })).toEqual([]);
        expect(await openReviews(world.store)).toEqual([]);
      });
    });
  }

  it('when the answer about a customer is lost and the field for our reference is not ours', async () => {
    const config = configOf(['shop', 'tills']).replace('ownReference: use', 'ownReference: leave');
    await inWorld(await openFresh(), { config }, async (world) => {
      tillPerson(world);
      world.sandbox.virtualpos.faults.add({ kind: 'reset-after', match: { path: /\/update$/ }, times: 50 });
      await world.sync();
      world.sandbox.virtualpos.faults.clear();
      await world.sync();
      expect(world.sandbox.virtualpos.machine.customers.size).toBe(1);
      expect([...world.sandbox.virtualpos.machine.customers.values()]).toMatchObject([{ external_id: '' }]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('a delta that did not arrive is sent again once a person says so', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      tillCard(world);
      await world.sync();
      world.sandbox.artix.machine.earn(CARD, 700);
      world.sandbox.virtualpos.faults.add({ kind: 'html', match: { path: /updateBonus$/ }, times: 1 });
      await world.sync();
      expect(onlyBalance(world)).toBe(5000);
      await answer(world, (await openReviews(world.store))[0], 'not-applied');
      await world.sync();
      expect(onlyBalance(world)).toBe(5700);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  for (const arrived of [true, false]) {
    it(`lost deltas are inferred from the balance where the configuration says so: ${arrived ? 'arrived' : 'not arrived'}`, async () => {
      await inWorld(
        await openFresh(),
        { config: configOf(['shop', 'tills'], policiesOf(['shop', 'tills'], 'openingBalances: max, lostAdjustments: infer')) },
        async (world) => {
          tillCard(world);
          await world.sync();
          world.sandbox.artix.machine.earn(CARD, 700);
          world.sandbox.virtualpos.faults.add({ kind: arrived ? 'reset-after' : 'html', match: { path: /updateBonus$/ }, times: 1 });
          await world.sync();
          await world.sync();
          expect(onlyBalance(world)).toBe(5700);
          expect(await openReviews(world.store)).toEqual([]);
          expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
        },
      );
    });
  }

  it('a run that is killed between sending and the answer is settled by reading back', async () => {
    for (const stream of ['clients', 'cards', 'bonuses'] as const) {
      await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
        shopCard(world);
        const killed = await runWith(world, (setup) =>
          withSystem(setup, 'tills', (system) => ({
            ...system,
            streams: system.streams.map((port) =>
              port.name !== stream || port.push === undefined
                ? port
                : {
                    ...port,
                    // It was sent, and the process is gone before anybody notes the answer.
                    async *push(operations, signal) {
                      for await (const result of port.push?.(operations, signal) ?? []) {
                        if (result.operationId !== '') throw new Error(`killed after ${result.operationId}`);
                        yield result;
                      }
                    },
                  },
            ),
          })),
        );
        expect(killed.state).toBe('failed');
        expect(await operationsOf(world.store, { state: 'sending' })).toMatchObject([{ stream }]);
        await world.sync();
        await world.sync();
        const tills = world.sandbox.artix.machine;
        expect([tills.clients.size, [...tills.cards.keys()], tills.balance(CARD)]).toEqual([1, [CARD], 5000]);
        expect((await operationsOf(world.store)).filter((row) => ['sending', 'unknown', 'ready'].includes(row.state))).toEqual([]);
        expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      });
    }
  });

  it('an operation noted as being sent that never left is found missing and sent', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      shopPerson(world);
      await world.sync({ job: 'plan' });
      await world.store.db('operations').where({ action: 'create', stream: 'clients' }).update({ state: 'sending', sent_at: world.clock.now() });
      world.clock.jump(60_000);
      await world.sync();
      await world.sync();
      expect(world.sandbox.artix.machine.clients.size).toBe(1);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('a run stopped by its signal in the middle of a delivery leaves nothing double and nothing out', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      for (let n = 0; n < 12; n++)
        addShopClient(world, {
          ...PETROV,
          lname: `Петров${'абвгдежзиклм'[n]}`,
          fname: `Имя${'абвгдежзиклм'[n]}`,
          phone: `+7913123450${n % 10}${n}`.slice(0, 12),
          email: `p${n}@mail.ru`,
          birth_year: String(1950 + n),
        });
      const controller = new AbortController();
      let results = 0;
      const stopped = await runWith(
        world,
        (setup) =>
          withSystem(setup, 'tills', (system) => ({
            ...system,
            streams: system.streams.map((port) =>
              port.push === undefined
                ? port
                : {
                    ...port,
                    async *push(operations, signal) {
                      for await (const result of port.push?.(operations, signal) ?? []) {
                        results += 1;
                        if (results === 5) controller.abort();
                        yield result;
                      }
                    },
                  },
            ),
          })),
        {},
        controller.signal,
      );
      expect(stopped.state).toBe('interrupted');
      const half = world.sandbox.artix.machine.clients.size;
      expect(half).toBeGreaterThan(3);
      expect(half).toBeLessThan(12);
      await world.sync();
      expect(world.sandbox.artix.machine.clients.size).toBe(12);
      expect(new Set([...world.sandbox.artix.machine.clients.values()].map((client) => client['lastname'])).size).toBe(12);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
