import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const FOUR = ['shop', 'tills', 'crm', 'delivery'] as const;

describeStores('a second run', (openFresh) => {
  it('has nothing to do with 200 people in four vendors', async () => {
    await inWorld(await openFresh(), { people: 200 }, async (world) => {
      const first = await world.sync();
      expect(first.problems).toEqual([]);
      expect(first.delivered).toBeGreaterThan(100);
      const second = await quiet(world);
      expect(second.report.problems).toEqual([]);
      expect(second).toMatchObject({ writes: 0, changed: false });
      expect(second.report.resolved).toMatchObject({
        clients: { created: 0, changed: 0, merged: 0 },
        cards: { created: 0, changed: 0 },
        cardTypes: { created: 0, changed: 0 },
        movements: 0,
      });
      expect(second.report.waiting.fresh).toBe(0);
    });
  }, 60_000);

  it('looks at the cards of a client who changed, and does not write them anew', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addShopClient(world, PETROV, CARD);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: PETROV.email }, CARD);
      await world.sync();
      await quiet(world);
      const [before] = await rowsOf(world.store, 'cards');
      world.clock.jump(60_000);
      world.sandbox.virtualpos.machine.editCustomer('1', { email: 'new@mail.ru' });
      await world.sync();
      const [after] = await rowsOf(world.store, 'cards');
      expect(after?.['touched_seq']).toBeGreaterThan(Number(before?.['touched_seq']));
      expect({ ...after, touched_seq: null }).toEqual({ ...before, touched_seq: null });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  const sets = [
    [
      'other forms of the vendors',
      policiesOf(FOUR),
      {
        virtualpos: { jsonShape: 'object-single-when-one', emptyAs: 'null', scalars: 'numbers', returnsExternalId: true, defaultSendFlags: '0' },
        artix: { emptyAs: 'null', showsUpdateTime: true, totalElements: true },
        lotinfo: { emptyFields: 'empty-values', birthdayInReads: 'unix' },
        vodyanoy: { total: 'rows-in-all', defaultLimit: 50 },
      },
    ],
    ['names cut and trimmed', policiesOf(FOUR), { virtualpos: { maxName: 12, trimNames: true } }],
    [
      'trust in an order, sums of openings',
      `policies: { authority: [crm, delivery, tills, shop], rule: authority, firstSync: authority, settleSeconds: 1, openingBalances: sum }`,
      {},
    ],
    [
      'the most complete value',
      `policies: { rule: most-complete, firstSync: most-complete, settleSeconds: 1, openingBalances: authority }`,
      { lotinfo: { emptyNotices: 'list' } },
    ],
  ] as const;
  for (const [name, policies, options] of sets) {
    it(`has nothing to do with 40 people: ${name}`, async () => {
      await inWorld(await openFresh(), { people: 40, seed: 7, config: configOf(FOUR, policies), options }, async (world) => {
        expect((await world.sync()).problems).toEqual([]);
        const second = await quiet(world);
        expect(second.report.problems).toEqual([]);
        expect(second).toMatchObject({ writes: 0, changed: false });
      });
    }, 60_000);
  }
});
