import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { describeStores } from '../support/stores.ts';
import { type EditedWorld, inEditedWorld, SHOP, swap } from './activation-kit.ts';
import { countOf, rowsOf } from './kit.ts';

const TILLS = 'artix/clients.yaml';
const EMAIL = /^ {2}email:.*\n/m;

/** Edits of a mapping that take values of ours out of sight, or rewrite them. Each answers how to take it back by another edit. */
const EDITS: Readonly<Record<string, (world: EditedWorld) => Promise<() => Promise<void>>>> = {
  'a line dropped': async (world) => edited(world, TILLS, dropEmail),
  'a line of the other system dropped': async (world) => edited(world, SHOP, dropEmail),
  'an override that takes a line away': async (world) => {
    let before = '';
    await world.reconfigure((config) => {
      before = config;
      return config.replace('{ vendor: artix,', '{ vendor: artix, overrides: { clients: { fields: { email: null }, ignored: { email: kept by this firm } } },');
    });
    return () => world.reconfigure(() => before);
  },
  'a line under a condition that no record meets': async (world) =>
    edited(world, TILLS, (text) => text.replace(/^( {2}email: \{.*?) \}$/m, '$1, when: { field: sex, is: 7 } }')),
  'a line sent to the attributes': async (world) => edited(world, TILLS, (text) => text.replace(EMAIL, '  attributes.artix.email: email\n')),
  'two parts of one field swapped': async (world) => edited(world, TILLS, swap('lastname', 'patronymic')),
};

const dropEmail = (text: string): string => text.replace(EMAIL, '').replace('ignored:\n', 'ignored:\n  email: dropped by a test\n');

async function edited(world: EditedWorld, file: string, change: (text: string) => string): Promise<() => Promise<void>> {
  let before = '';
  world.edit(file, (text) => {
    before = text;
    return change(text);
  });
  return async () => world.edit(file, () => before);
}

const pushes = async (store: Store): Promise<string[]> => (await rowsOf(store, 'pushes')).map((row) => JSON.stringify(row)).sort();
const provenance = async (store: Store): Promise<string[]> => (await rowsOf(store, 'clients')).map(({ id, provenance: of }) => `${id} ${of}`).sort();

/** Records of the tills with an e-mail address of ours that is not empty. */
const emailsIn =
  (table: string) =>
  async (store: Store): Promise<{ id: number; key: string }[]> => {
    const records = new Map((await rowsOf(store, 'records')).map((row) => [row['id'], row]));
    const tills = (await rowsOf(store, 'systems')).find(({ name }) => name === 'tills')?.['id'];
    return (await rowsOf(store, table, { field: 'email' }))
      .map((row) => ({ ...row, ...(table === 'pushes' ? {} : (JSON.parse(String(row['push'])) as Record<string, unknown>)) }) as Record<string, unknown>)
      .filter((row) => String(row['holds']).includes('@') && records.get(row['record_id'])?.['system_id'] === tills)
      .map((row) => ({ id: Number(row['record_id']), key: String(records.get(row['record_id'])?.['record_key']) }))
      .sort((a, b) => a.id - b.id);
  };
const pushedEmails = emailsIn('pushes');
const parkedEmails = emailsIn('parked_pushes');

describeStores('what we pushed', (openFresh) => {
  it.each(Object.entries(EDITS))('stays ours through an edit and its opposite: %s', async (_, edit) => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 40 }, async (world) => {
      await world.sync();
      await world.sync();
      const [before, sources] = [await pushes(store), await provenance(store)];
      expect(before.filter((row) => row.includes('"email"')).length).toBeGreaterThan(3);
      const undo = await edit(world);
      await world.activate();
      expect(await pushes(store)).not.toEqual(before);
      await world.sync();
      await undo();
      await world.activate();
      expect(await pushes(store)).toEqual(before);
      expect(await provenance(store)).toEqual(sources);
      expect(await countOf(store, 'parked_pushes')).toBe(0);
      const writes = world.writes();
      await world.sync();
      expect(world.writes()).toBe(writes);
    });
  });

  it('is ours no more where somebody edited it while no line read it, and the edit stays', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 40 }, async (world) => {
      await world.sync();
      await world.sync();
      const [one, other, third] = await pushedEmails(store);
      const undo = await edited(world, TILLS, dropEmail);
      await world.activate();
      world.clock.jump(3_600_000);
      const { clients } = world.sandbox.artix.machine;
      world.sandbox.artix.machine.editClient(one?.key ?? '', { email: 'edited.there@mail.ru' });
      world.sandbox.artix.machine.editClient(other?.key ?? '', { email: '' });
      await world.sync();
      await undo();
      await world.activate();
      const left = (await pushedEmails(store)).map(({ id }) => id);
      expect([one, other, third].map((row) => left.includes(row?.id ?? 0))).toEqual([false, false, true]);
      await world.sync({ job: 'apply', approvedBy: 'a tester' });
      await world.sync();
      expect([clients.get(one?.key ?? '')?.email, clients.get(other?.key ?? '')?.email ?? '']).toEqual(['edited.there@mail.ru', '']);
      expect(JSON.stringify(await rowsOf(store, 'contacts'))).toContain('edited.there@mail.ru');
      expect(await countOf(store, 'parked_pushes')).toBe(0);
    });
  });

  it('stays ours when an edit is taken back after runs and the work of people', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 40 }, async (world) => {
      await world.sync();
      await world.sync();
      const before = (await pushedEmails(store)).map(({ id }) => id);
      await edited(world, TILLS, dropEmail);
      await world.activate();
      world.clock.jump(3_600_000);
      const [one] = await parkedEmails(store);
      world.sandbox.artix.machine.editClient(one?.key ?? '', { text: 'said at the till' });
      await world.sync();
      expect(await world.rollback()).toMatchObject({ exact: false, why: expect.stringContaining('changed since') });
      const after = (await pushedEmails(store)).map(({ id }) => id);
      expect(after).toEqual(before);
      // Where nothing is kept of how it was, the same comes of working with the former mapping again.
      await world.activate();
      await store.db('mapping_undo').delete();
      expect(await world.rollback()).toMatchObject({ exact: false, anew: null });
      expect((await pushedEmails(store)).map(({ id }) => id)).toEqual(after);
    });
  });
});
