/** Decisions about identity can be undone: a review decided anew, clients split and joined by a person. */
import { expect, it } from 'vitest';
import { linksOfRecords } from '../../canonical/stores/links.ts';
import { type Saying, say, sayApart, sayOne } from '../../pipeline/part-and-join.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, answer, CARD, countOf, inWorld, openReviews, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const shopOf = (world: World) => world.sandbox.virtualpos.machine;
const tillsOf = (world: World) => world.sandbox.artix.machine;
const names = ['shop', 'tills'] as const;
const two = configOf(names, policiesOf(names, 'openingBalances: sum'));
const quietWorld = async (world: World): Promise<void> => expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
const runs = async (world: World, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) {
    world.clock.jump(60_000);
    await world.sync();
  }
};
const recordIn = async (world: World, system: string, key: string): Promise<number> => {
  const [row] = await rowsOf(world.store, 'systems', { name: system });
  const [record] = await rowsOf(world.store, 'records', { system_id: row?.['id'], stream: 'clients', record_key: key });
  return Number(record?.['id']);
};
const clientIn = async (world: World, system: string, key: string): Promise<number | undefined> => {
  const id = await recordIn(world, system, key);
  return (await linksOfRecords(world.store.db, [id])).get(id)?.entity_id;
};
const tell = async (world: World, saying: Promise<Saying>): Promise<void> => say(world.store, await world.setup(), await saying, 'a tester', 'because');

describeStores('undoing', (openFresh) => {
  it('a merge that a person decided is undone: each has what was there, cards and points included, and nothing of the other', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      addTillClient(world, '4', { ...PETROV_ARTIX, birthday: '1981-06-05', text: 'заметка' }, '2000000000022', 3000);
      await world.sync();
      const [review] = await openReviews(world.store);
      await answer(world, review, 'same');
      await runs(world, 2);
      expect(tillsOf(world).clients.get('4')).toMatchObject({ email: 'petrov@mail.ru', birthday: '1980-06-05' });
      expect(shopOf(world).customers.get('1')).toMatchObject({ custom_information: 'заметка' });
      expect(shopOf(world).balance('1', '1')).toBe(8000);

      await answer(world, review, 'different');
      await runs(world, 4);
      expect([await countOf(world.store, 'clients'), shopOf(world).customers.size, tillsOf(world).clients.size]).toEqual([2, 2, 2]);
      expect(tillsOf(world).clients.get('4')).toMatchObject({ birthday: '1981-06-05', text: 'заметка' });
      expect(tillsOf(world).clients.get('4')?.['email'] ?? '').toBe('');
      expect(shopOf(world).customers.get('1')).toMatchObject({ email: 'petrov@mail.ru', birth_year: '1980', custom_information: '' });
      const copy = [...shopOf(world).customers.keys()].find((id) => id !== '1') ?? '';
      expect([...shopOf(world).cards.values()].map((card) => [card.uid, card.customer_id]).sort()).toEqual([
        [CARD, '1'],
        ['2000000000022', copy],
      ]);
      expect([shopOf(world).balance('1', '1'), shopOf(world).balance(copy, '1')]).toEqual([5000, 3000]);
      expect([tillsOf(world).balance(CARD), tillsOf(world).balance('2000000000022')]).toEqual([5000, 3000]);
      expect(await openReviews(world.store)).toEqual([]);
      await quietWorld(world);

      await answer(world, review, 'same');
      await runs(world, 3);
      expect(await countOf(world.store, 'clients')).toBe(1);
      await quietWorld(world);
    });
  });

  it('a split parts what the rules linked, for good; a join makes one of two who share nothing, and either takes the other back', async () => {
    await inWorld(await openFresh(), { config: two.replaceAll('create: all', 'create: none') }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, null);
      addTillClient(world, '5', { name: 'Анна', lastname: 'Орлова', phonenumber: '89160000001' }, null);
      // The tills answer first: who keeps a number must not hang on that, but on who is trusted.
      world.sandbox.virtualpos.faults.add({ kind: 'latency', ms: 1000, times: 1 });
      await world.sync();
      const petrov = await clientIn(world, 'shop', '1');
      expect(await clientIn(world, 'tills', '4')).toBe(petrov);

      await tell(world, sayApart(world.store, [await recordIn(world, 'tills', '4')]));
      await runs(world, 2);
      expect(await clientIn(world, 'shop', '1')).toBe(petrov);
      const other = await clientIn(world, 'tills', '4');
      expect(other).not.toBe(petrov);
      expect(await openReviews(world.store)).toEqual([]);
      await quietWorld(world);

      await tell(world, sayOne(world.store, Number(await clientIn(world, 'tills', '5')), Number(petrov)));
      await runs(world, 2);
      expect(await clientIn(world, 'tills', '5')).toBe(petrov);
      await tell(world, sayOne(world.store, Number(petrov), Number(other)));
      await runs(world, 2);
      expect(await countOf(world.store, 'clients')).toBe(1);
      expect(await rowsOf(world.store, 'identity_decisions', { verdict: 'different' })).toEqual([]);

      await tell(world, sayApart(world.store, [await recordIn(world, 'tills', '5')]));
      await runs(world, 2);
      expect(await clientIn(world, 'tills', '4')).toBe(petrov);
      expect(await clientIn(world, 'tills', '5')).not.toBe(petrov);
      expect((await rowsOf(world.store, 'identity_decisions')).every((row) => row['decided_by'] === 'a tester' && row['note'] === 'because')).toBe(true);
      await quietWorld(world);
    });
  });

  it('a record that we made for a client can be split off, and is not emptied', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, null);
      await runs(world, 2);
      const [made = ''] = shopOf(world).customers.keys();
      expect(await clientIn(world, 'shop', made)).toBe(await clientIn(world, 'tills', '4'));
      await tell(world, sayApart(world.store, [await recordIn(world, 'shop', made)]));
      await runs(world, 3);
      expect(await clientIn(world, 'shop', made)).not.toBe(await clientIn(world, 'tills', '4'));
      expect(shopOf(world).customers.get(made)).toMatchObject({ lname: 'Петров', phone: '+79131234567' });
      await quietWorld(world);
    });
  });

  it('a split and a join of what says nothing are refused', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '5', { name: 'Анна', lastname: 'Орлова', phonenumber: '89160000001' }, null);
      await world.sync({ systems: [...names] });
      const [one, other] = [await recordIn(world, 'shop', '1'), await recordIn(world, 'tills', '5')];
      await expect(sayApart(world.store, [one, other])).rejects.toMatchObject({ code: 'CONFIG_USAGE' });
      await expect(sayOne(world.store, 1, 1)).rejects.toMatchObject({ code: 'CONFIG_USAGE' });
      await expect(sayOne(world.store, 1, 999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
});
