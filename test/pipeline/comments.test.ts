/** Remarks made one by one: they reach clients who are there, in a system that takes nothing else of them. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf } from '../support/world.ts';
import { addShopClient, inWorld, operationsOf, PETROV, quiet } from './kit.ts';

const REMARKS = '{ clients: { fields: { notes: null, comments: { from: custom_information, as: texts, separator: ";", only: pull } } } }';
const config = configOf(['shop', 'crm'], policiesOf(['shop', 'crm'])).replace('vendor: virtualpos,', `vendor: virtualpos, overrides: ${REMARKS},`);

describeStores('comments', (openFresh) => {
  it('are added as they come, each once, and go on while they are new; nothing else is changed', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const { machine } = world.sandbox.lotinfo;
      const key = machine.addClient({ userId: 7, fioF: 'Петров', fioI: 'Пётр', fioO: 'Иванович', contacts: [{ type: 'mobile', value: '79131234567' }] });
      const comments = () => machine.clients.get(key)?.comments.map(({ value }) => value);
      const shop = world.sandbox.virtualpos.machine;
      const id = addShopClient(world, { ...PETROV, custom_information: 'Звонил; Просил скидку' });
      await world.sync();
      expect(comments()?.sort()).toEqual(['Звонил', 'Просил скидку']);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      world.clock.jump(60_000);
      shop.editCustomer(id, { custom_information: 'Звонил; Просил скидку в 10 %', fname: 'Пётр-Павел' });
      await world.sync();
      expect(comments()?.sort()).toEqual(['Звонил', 'Просил скидку в 10 %']);
      expect(machine.clients.get(key)?.fields.fioI).toBe('Пётр');
      expect((await operationsOf(world.store, { state: 'unsupported' })).map(({ changes }) => Object.keys(JSON.parse(changes) as object))).toContainEqual(
        expect.arrayContaining(['name.first']),
      );
      await world.sync();
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      expect(machine.writes.map(({ call }) => call)).toEqual(['comments-add', 'comments-edit']);
    });
  });
});
