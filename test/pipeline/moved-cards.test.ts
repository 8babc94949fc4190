/** A card goes from one client to another: the move is not undone, and no points come into being or go, at any step. */
import { expect, it } from 'vitest';
import { loadRecords } from '../../canonical/stores/records.ts';
import { neighbourhoodOf } from '../../pipeline/identity/neighbourhood.ts';
import { accountsOfClients, membersOf } from '../../pipeline/ledger/accounts.ts';
import { canonicalBalance } from '../../pipeline/ledger/openings.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, answer, CARD, inWorld, openReviews, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = configOf(TWO, policiesOf(TWO));
const OTHER = '2000000000022';
const ORLOVA = { name: 'Мария', lastname: 'Орлова', patronymic: 'Олеговна', phonenumber: '89135550000' };

const shop = (world: World) => world.sandbox.virtualpos.machine;
const tills = (world: World) => world.sandbox.artix.machine;

interface Shown {
  readonly shop: readonly [petrov: number, orlova: number];
  readonly tills: readonly [petrov: number, orlova: number];
}

/** Points of each client as each system shows them, at the tills over the cards that are theirs there. */
function shown(world: World): Shown {
  const atTills = (idclient: string): number =>
    [CARD, OTHER].filter((number) => tills(world).cards.get(number)?.['idclient'] === idclient).reduce((sum, number) => sum + tills(world).balance(number), 0);
  return { shop: [shop(world).balance('1', '1'), shop(world).balance('2', '1')], tills: [atTills('4'), atTills('9')] };
}

const ownerInShop = (world: World): unknown => [...shop(world).cards.values()].find((card) => card['uid'] === CARD)?.['customer_id'];
const ownerAtTills = (world: World): unknown => tills(world).cards.get(CARD)?.['idclient'];
const moveAtTills = (world: World, idclient: string): void => {
  tills(world).addCard({ idcard: CARD, number: CARD, idclient, idcardgroup: 2, blocked: 0 });
};
function moveInShop(world: World, customer: string): void {
  const id = [...shop(world).cards.values()].find((card) => card['uid'] === CARD)?.['id'];
  shop(world).editCard(String(id), { customer_id: customer });
}

/** Points that all movements and openings leave, whoever has them. */
const held = ({ shop: [petrov, orlova] }: Shown): number => petrov + orlova;

/** A sync after which nothing is left to do. */
async function settle(world: World, expected: Shown): Promise<void> {
  world.clock.jump(300_000);
  await world.sync();
  expect(shown(world)).toEqual(expected);
  expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
  expect(shown(world)).toEqual(expected);
  world.clock.jump(300_000);
}

/** Petrov with 5000 in both systems on one card, Orlova with 700 on another. */
async function start(world: World): Promise<void> {
  addShopClient(world, PETROV, CARD, 5000);
  addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
  addTillClient(world, '9', ORLOVA, OTHER, 700);
  await settle(world, { shop: [5000, 700], tills: [5000, 700] });
}

describeStores('a card that was moved', (openFresh) => {
  it('at the tills takes its points along, there and back, with spending in between', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      moveAtTills(world, '9');
      await settle(world, { shop: [0, 5700], tills: [0, 5700] });
      expect([ownerInShop(world), ownerAtTills(world)]).toEqual(['2', '9']);
      tills(world).spend(CARD, 1000);
      shop(world).earn('1', '1', 300);
      await settle(world, { shop: [300, 4700], tills: [0, 4700] });
      moveAtTills(world, '4');
      await settle(world, { shop: [4300, 700], tills: [4300, 700] });
      expect([ownerInShop(world), ownerAtTills(world)]).toEqual(['1', '4']);
      tills(world).spend(CARD, 4300);
      shop(world).earn('2', '1', -700);
      await settle(world, { shop: [0, 0], tills: [0, 0] });
    });
  });

  it('in the shop, where points are the client’s, leaves them with the client, whichever till earned and spent them', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      tills(world).earn(CARD, 400);
      shop(world).earn('1', '1', -900);
      await settle(world, { shop: [4500, 700], tills: [4500, 700] });
      moveInShop(world, '2');
      await settle(world, { shop: [4500, 700], tills: [0, 700] });
      expect([ownerInShop(world), ownerAtTills(world)]).toEqual(['2', '9']);
      shop(world).earn('1', '1', -4500);
      tills(world).earn(CARD, 100);
      await settle(world, { shop: [0, 800], tills: [0, 800] });
    });
  });

  it('and spent from in both systems before anybody noticed: what is left is what was held less what was spent', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      moveAtTills(world, '9');
      tills(world).spend(CARD, 1000);
      shop(world).earn('1', '1', -500);
      await settle(world, { shop: [0, 4200], tills: [0, 4200] });
      expect(held(shown(world))).toBe(5700 - 1500);
      moveInShop(world, '1');
      tills(world).spend(OTHER, 700);
      await settle(world, { shop: [0, 3500], tills: [0, 3500] });
      expect([ownerInShop(world), ownerAtTills(world)]).toEqual(['1', '4']);
    });
  });

  it('to a client who turns out to be the same person leaves that person with what there was', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      tills(world).addClient({ ...PETROV_ARTIX, idclient: '5', name: 'Неизвестный', lastname: '', patronymic: '', phonenumber: '', birthday: '' });
      moveAtTills(world, '5');
      await world.sync();
      const records = await rowsOf(world.store, 'records', { stream: 'clients' });
      const tillId = Number((await rowsOf(world.store, 'systems', { name: 'tills' }))[0]?.['id']);
      const idOf = (key: string): number => Number(records.find((row) => row['record_key'] === key && row['system_id'] === tillId)?.['id']);
      const accounts = async (client: number) => accountsOfClients({ store: world.store, setup: await world.setup() }, [client]);
      const clientOf = async (key: string): Promise<number> => Number((await rowsOf(world.store, 'links', { record_id: idOf(key) }))[0]?.['entity_id']);
      const setup = await world.setup();
      const apart = [...(await accounts(await clientOf('4'))), ...(await accounts(await clientOf('5')))];
      const total = (list: typeof apart): number => canonicalBalance(setup.policies, 0, 1, membersOf({ setup }, list), new Map()).total;
      expect(total(await accounts(await clientOf('4')))).toBe(0);
      expect(total(await accounts(await clientOf('5')))).toBe(5000);
      expect(total(apart)).toBe(5000);
    });
  });

  it('where a trusted system decides and was not asked, is moved back, and not a point with it', async () => {
    const trusting = configOf(TWO, policiesOf(TWO).replace('rule: latest', 'rule: authority'));
    await inWorld(await openFresh(), { config: trusting }, async (world) => {
      await start(world);
      moveAtTills(world, '9');
      await settle(world, { shop: [5000, 700], tills: [5000, 700] });
      expect([ownerInShop(world), ownerAtTills(world)]).toEqual(['1', '4']);
      expect((await operationsOf(world.store, { action: 'adjust', run_id: 3 })).length).toBe(0);
      expect(await rowsOf(world.store, 'bonus_entries', { kind: 'transfer' })).toEqual([]);
    });
  });

  it('is whose the more trusted system says it is, where two systems have never agreed', async () => {
    for (const [trust, owners] of [
      ['shop, tills', ['1', '4']],
      ['tills, shop', ['2', '9']],
    ] as const) {
      await inWorld(await openFresh(), { config: config.replace('authority: [shop, tills]', `authority: [${trust}]`) }, async (world) => {
        addShopClient(world, PETROV, CARD);
        addTillClient(world, '4', PETROV_ARTIX, null);
        addShopClient(world, { lname: 'Орлова', fname: 'Мария', mname: 'Олеговна', phone: '+79135550000' });
        addTillClient(world, '9', ORLOVA, CARD);
        await world.sync();
        await world.sync();
        expect([trust, ownerInShop(world), ownerAtTills(world)]).toEqual([trust, ...owners]);
        expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      });
    }
  });
});

describeStores('a contact that half the base shares', (openFresh) => {
  it('pulls nobody into the neighbourhood of a client, and a family’s phone does', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop'], policiesOf(['shop'])) }, async (world) => {
      const letters = [...'абвгдежзиклмнопрстуфхцчшщэюя'];
      const person = (n: number, phone: string): Record<string, string> => ({
        lname: `Ро${letters[n % 28]}${letters[Math.floor(n / 28)]}ов`,
        fname: `И${letters[n % 28]}ан`,
        phone,
      });
      for (let n = 0; n < 62; n++) addShopClient(world, person(n, '+73833000000'));
      for (let n = 62; n < 65; n++) addShopClient(world, person(n, '+79135550000'));
      await world.sync();
      const setup = await world.setup();
      const rows = await rowsOf(world.store, 'records', { stream: 'clients' });
      const neighbours = async (key: string): Promise<number> => {
        const one = await loadRecords(world.store.db, [Number(rows.find((row) => row['record_key'] === key)?.['id'])]);
        return (await neighbourhoodOf(world.store.db, setup, one, null)).clients.size;
      };
      expect(await neighbours('1')).toBe(1);
      expect(await neighbours('63')).toBe(3);
    });
  });

  it('to somebody who is a stranger to the other system goes with them, once a person has said who it is', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await start(world);
      tills(world).addClient({ ...ORLOVA, name: 'Зоя', lastname: 'Новикова', phonenumber: '89137770000', idclient: '12' });
      moveAtTills(world, '12');
      world.clock.jump(300_000);
      await world.sync();
      // The card is Petrov's in one system and Novikova's in the other: are they one?
      await answer(world, (await openReviews(world.store))[0], 'different');
      await world.sync();
      const id = [...shop(world).customers.values()].find((one) => one['lname'] === 'Новикова')?.['id'];
      expect(id).toBeDefined();
      expect(ownerInShop(world)).toBe(id);
      expect([shop(world).balance('1', '1'), shop(world).balance(String(id), '1')]).toEqual([0, 5000]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
