/**
 * While it is asked whether two are one person, each keeps what is theirs, and the question stays until it is answered. Each of
 * these devices was taken out once, and a test here failed.
 */
import { expect, it } from 'vitest';
import { reviewView } from '../../app/console/review.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, answer, CARD, countOf, inWorld, openReviews, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = configOf(TWO, policiesOf(TWO, 'openingBalances: sum'));
const shop = (world: World) => world.sandbox.virtualpos.machine;
const tills = (world: World) => world.sandbox.artix.machine;
const sizes = (world: World): [number, number] => [shop(world).customers.size, tills(world).clients.size];
const run = async (world: World): Promise<void> => {
  world.clock.jump(300_000);
  await world.sync();
};
const nothingToDo = async (world: World): Promise<void> => expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
const shopIdOf = (world: World, surname: string): string => String([...shop(world).customers.values()].find((one) => one['lname'] === surname)?.['id']);

const KROTOVA = { name: 'Зинаида', lastname: 'Кротова', phonenumber: '89135550000', sex: 1 };

describeStores('two people with one card', (openFresh) => {
  const couples: readonly (readonly [string, Record<string, string>, Record<string, string | number>])[] = [
    ['and one phone, of other names', { fname: 'Ольга', lname: 'Кротова', gender: 'F' }, { name: 'Павел', lastname: 'Зайцев', sex: 0 }],
    ['and one phone and surname', { fname: 'Дина', lname: 'Котова' }, { name: 'Егор', lastname: 'Котов' }],
    ['and one name, born on other days', { ...PETROV, gender: '' }, { ...PETROV_ARTIX, birthday: '1951-12-31' }],
    ['and one name, not of one sex', { fname: 'Саша', lname: 'Шевчук', gender: 'F' }, { name: 'Саша', lastname: 'Шевчук', sex: 0 }],
  ];
  it.each(couples)('%s, are not made one without asking', async (_what, a, b) => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, { ...a, phone: '+79131234567' }, CARD, 3000);
      addTillClient(world, '9', { ...b, phonenumber: '89131234567' }, CARD, 300);
      const before = JSON.stringify([[...shop(world).customers], [...tills(world).clients]]);
      await world.sync();
      expect((await openReviews(world.store)).map(({ kind }) => kind)).toEqual(['match']);
      expect(await countOf(world.store, 'clients')).toBe(2);
      expect(JSON.stringify([[...shop(world).customers], [...tills(world).clients]])).toBe(before);
      expect([shop(world).balance('1', '1'), tills(world).balance(CARD)]).toEqual([3000, 300]);
      await nothingToDo(world);
    });
  });

  it('and one phone are one where only the surname is another, as after a marriage', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, { fname: 'Анна', lname: 'Петрова', mname: 'Ивановна', phone: '+79131234567' }, CARD);
      addTillClient(world, '9', { name: 'Анна', lastname: 'Сидорова', patronymic: 'Ивановна', phonenumber: '89131234567' }, CARD);
      await world.sync();
      expect([await countOf(world.store, 'clients'), ...sizes(world)]).toEqual([1, 1, 1]);
      expect(await openReviews(world.store)).toEqual([]);
    });
  });

  /** Petrov with 10.00 in the shop and Krotova with 7.00 at the tills hold one card number; both go on living while it is asked. */
  async function living(world: World): Promise<void> {
    addShopClient(world, PETROV, CARD, 1000);
    addTillClient(world, '9', KROTOVA, CARD, 700);
    await run(world);
    tills(world).earn(CARD, 500);
    await run(world);
    shop(world).earn('1', '1', -400);
    await run(world);
    expect((await openReviews(world.store)).map(({ kind }) => kind)).toEqual(['match']);
    expect([shop(world).balance('1', '1'), tills(world).balance(CARD)]).toEqual([600, 1200]);
    expect(await operationsOf(world.store, { action: 'adjust', state: 'applied' })).toEqual([]);
    expect(tills(world).cards.get(CARD)?.['idclient']).toBe('9');
    await nothingToDo(world);
  }

  it('keep their points while it is asked, and after: told apart, nothing of one reaches the other', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await living(world);
      await answer(world, (await openReviews(world.store))[0], 'different');
      await run(world);
      tills(world).earn(CARD, 100);
      shop(world).earn('1', '1', 50);
      await run(world);
      await run(world);
      expect(sizes(world)).toEqual([2, 2]);
      expect([shop(world).balance('1', '1'), shop(world).balance(shopIdOf(world, 'Кротова'), '1'), tills(world).balance(CARD)]).toEqual([650, 1300, 1300]);
      expect(tills(world).cards.get(CARD)?.['idclient']).toBe('9');
      expect([...shop(world).cards.values()].map((card) => card['customer_id'])).toEqual(['1']);
      const held = (await operationsOf(world.store, { state: 'held' })).map(({ stream, action, why }) => `${stream} ${action} ${why?.split(':')[0]}`);
      expect(held).toEqual(['cards create contested', 'cards create contested']);
      await nothingToDo(world);
    });
  });

  it('have all points of both, once a person says that they are one, and are parted again by another word', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await living(world);
      const [review] = await openReviews(world.store);
      await answer(world, review, 'same');
      await run(world);
      expect([...sizes(world), shop(world).balance('1', '1'), tills(world).balance(CARD)]).toEqual([1, 1, 1800, 1800]);
      await nothingToDo(world);
      await answer(world, review, 'different');
      await run(world);
      await run(world);
      expect([shop(world).balance('1', '1'), tills(world).balance(CARD)]).toEqual([600, 1200]);
      expect(tills(world).cards.get(CARD)?.['idclient']).toBe('9');
      await nothingToDo(world);
    });
  });

  it('have it as one card again when somebody puts it right in one of the systems', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await living(world);
      await answer(world, (await openReviews(world.store))[0], 'different');
      await run(world);
      const id = String([...shop(world).cards.values()].find((card) => card['uid'] === CARD)?.['id']);
      shop(world).editCard(id, { customer_id: shopIdOf(world, 'Кротова') });
      await run(world);
      await run(world);
      expect([shop(world).balance('1', '1'), shop(world).balance(shopIdOf(world, 'Кротова'), '1'), tills(world).balance(CARD)]).toEqual([600, 1200, 1200]);
      expect(tills(world).cards.get(CARD)?.['idclient']).toBe('9');
      expect(await countOf(world.store, 'cards')).toBe(1);
      expect(await operationsOf(world.store, { state: 'held' })).toEqual([]);
      await nothingToDo(world);
    });
  });

  it('and a card that goes to a stranger: points wait until it is known who that is', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      addTillClient(world, '4', PETROV_ARTIX, CARD);
      await run(world);
      const card = tills(world).balance(CARD);
      tills(world).addClient({ ...KROTOVA, idclient: '9' });
      tills(world).addCard({ idcard: CARD, number: CARD, idclient: '9', idcardgroup: 2, blocked: 0 });
      await run(world);
      expect((await openReviews(world.store)).map(({ kind }) => kind)).toEqual(['match']);
      expect([shop(world).balance('1', '1'), tills(world).balance(CARD)]).toEqual([5000, card]);
      expect([...shop(world).cards.values()].map((one) => one['customer_id'])).toEqual(['1']);
      expect((await operationsOf(world.store, { state: 'held' })).filter(({ action }) => action === 'adjust').map(({ why }) => why?.split(':')[0])).toContain(
        'identity',
      );
    });
  });

  it('and a card that goes to a stranger at a less trusted till is not moved back while it is asked', async () => {
    await inWorld(await openFresh(), { config: config.replace('rule: latest', 'rule: authority') }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      addTillClient(world, '4', PETROV_ARTIX, CARD);
      await run(world);
      tills(world).addClient({ ...KROTOVA, idclient: '9' });
      tills(world).addCard({ idcard: CARD, number: CARD, idclient: '9', idcardgroup: 2, blocked: 0 });
      await run(world);
      expect(tills(world).cards.get(CARD)?.['idclient']).toBe('9');
      await answer(world, (await openReviews(world.store))[0], 'different');
      await run(world);
      expect(tills(world).cards.get(CARD)?.['idclient']).toBe('4');
    });
  });
});

describeStores('an open question about who is who', (openFresh) => {
  const start = async (world: World): Promise<void> => {
    addShopClient(world, { ...PETROV, lname: 'Ёлкин' });
    addTillClient(world, '4', { ...PETROV_ARTIX, lastname: 'Ёкин', birthday: '' }, null);
    await run(world);
    shop(world).editCustomer('1', { phone: '+79139999999' });
    await run(world);
    await run(world);
  };

  it('stays when one of the two is edited, says what it rests on now, and holds creates until it is answered', async () => {
    for (const [verdict, people] of [
      ['same', 1],
      ['different', 2],
    ] as const) {
      await inWorld(await openFresh(), { config }, async (world) => {
        await start(world);
        const [review, ...others] = await openReviews(world.store);
        expect([others.length, JSON.parse(review?.question ?? '{}')]).toEqual([
          0,
          { why: 'shared contact, similar name', shared: ['phone'], now: 'nothing shared' },
        ]);
        expect(sizes(world)).toEqual([1, 1]);
        await nothingToDo(world);
        await answer(world, review, verdict);
        await run(world);
        await run(world);
        expect([await countOf(world.store, 'clients'), ...sizes(world)]).toEqual([people, people, people]);
        expect(await openReviews(world.store)).toEqual([]);
        if (verdict === 'same') expect(tills(world).clients.get('4')?.['phonenumber']).toMatch(/9139999999$/);
        await nothingToDo(world);
      });
    }
  });

  it('falls away where one of the two is gone, or they turn out to be one', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      shop(world).editCustomer('1', { phone: '+79131234567', lname: 'Ёкин' });
      await run(world);
      expect([await countOf(world.store, 'clients'), ...sizes(world)]).toEqual([1, 1, 1]);
      expect(await openReviews(world.store)).toEqual([]);
    });
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      shop(world).removeCustomer('1');
      for (let n = 0; n < 3; n++) await run(world);
      expect(await openReviews(world.store)).toEqual([]);
    });
  });
});

describeStores('a question about opening balances', (openFresh) => {
  it('is shown with each system’s balance and with what each answer gives', async () => {
    await inWorld(await openFresh(), { config: configOf(TWO, policiesOf(TWO, 'openingBalances: review')) }, async (world) => {
      addShopClient(world, PETROV, CARD, 10_000);
      addTillClient(world, '4', PETROV_ARTIX, CARD, 3000);
      await run(world);
      tills(world).earn(CARD, 500);
      shop(world).earn('1', '1', -1000);
      await run(world);
      const [review] = await openReviews(world.store);
      const view = await reviewView(world.store, await world.setup(), review?.id ?? 0);
      expect(view?.openings?.systems).toEqual([
        { system: 'shop', opening: '100.00', moved: '-10.00', shown: '90.00' },
        { system: 'tills', opening: '30.00', moved: '5.00', shown: '35.00' },
      ]);
      const given = Object.fromEntries(view?.openings?.answers.map((one) => [one.answer, one.balance]) ?? []);
      expect(given).toEqual({ shop: '95.00', tills: '25.00', sum: '125.00', max: '95.00' });
      await answer(world, review, 'sum');
      await run(world);
      expect([shop(world).balance('1', '1'), tills(world).balance(CARD)]).toEqual([12_500, 12_500]);
      expect(await rowsOf(world.store, 'reviews', { state: 'open' })).toEqual([]);
    });
  });
});
