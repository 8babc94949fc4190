/** Parts of a name or an address that only some systems have: nobody loses one that nobody emptied. */
import { expect, it } from 'vitest';
import { explainText } from '../../app/cli/output/client.ts';
import { clientView } from '../../app/console/client.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, openReviews, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const tillClient = (world: World) => world.sandbox.artix.machine.clients.get('4');
const silent = { writes: 0, changed: false };

async function explained(world: World): Promise<string> {
  const [client] = await rowsOf(world.store, 'clients');
  const view = await clientView(world.store, await world.setup(), Number(client?.['id']));
  if (view === null) throw new Error('there is no client');
  return explainText(view);
}

describeStores('parts that only some systems have', (openFresh) => {
  it('a misspelt surname that comes without a patronymic leaves the patronymic where it is', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addShopClient(world, { ...PETROV, fname: 'Петр', lname: 'Петровв', mname: '' }, CARD);
      addTillClient(world, '4', PETROV_ARTIX, CARD);
      await world.sync();
      expect(tillClient(world)).toMatchObject({ lastname: 'Петровв', name: 'Петр', patronymic: 'Иванович' });
      expect(world.sandbox.virtualpos.machine.customers.get('1')).toMatchObject({ mname: '' });
      expect(await quiet(world)).toMatchObject(silent);
      const text = await explained(world);
      expect(text).toMatch(/name\.middle: \(each system keeps its own\)[\s\S]*not Иванович: tills\/4/);
      expect(text).not.toContain('(emptied)');
      // With the surname corrected the two say the same of the rest, and the shop learns the patronymic.
      world.sandbox.virtualpos.machine.editCustomer('1', { lname: 'Петров' });
      await world.sync();
      expect(world.sandbox.virtualpos.machine.customers.get('1')).toMatchObject({ mname: 'Иванович' });
      expect(await quiet(world)).toMatchObject(silent);
    });
  });

  it('an address written in another way leaves the postcode where it is', async () => {
    const policies = policiesOf(['tills', 'crm']).replace('[tills, crm]', '[crm, tills]');
    await inWorld(await openFresh(), { config: configOf(['tills', 'crm'], policies) }, async (world) => {
      addTillClient(world, '4', { ...PETROV_ARTIX, address: 'Ленина 5-12', zipcode: '630000' }, null);
      world.sandbox.lotinfo.machine.addClient({
        fioF: 'Петров',
        fioI: 'Пётр',
        fioO: 'Иванович',
        address: 'ул. Ленина, д. 5, кв. 12',
        contacts: [{ type: 'mobile', value: '79131234567' }],
      });
      await world.sync();
      expect(tillClient(world)).toMatchObject({ address: 'ул. Ленина, д. 5, кв. 12', zipcode: '630000' });
      expect(await quiet(world)).toMatchObject(silent);
    });
  });

  it('a part that was emptied is cleared everywhere', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addShopClient(world, PETROV, CARD);
      addTillClient(world, '4', PETROV_ARTIX, CARD);
      await world.sync();
      world.clock.jump(300_000);
      world.sandbox.virtualpos.machine.editCustomer('1', { mname: '' });
      await world.sync();
      expect(tillClient(world)).not.toHaveProperty('patronymic');
      expect(await quiet(world)).toMatchObject(silent);
      expect(await explained(world)).toContain('name.middle: (emptied)');
    });
  });

  it('a part that was emptied where the others had it from is cleared there too, whoever is trusted more', async () => {
    const policies = policiesOf(['shop', 'tills']).replace('rule: latest', 'rule: authority');
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills'], policies) }, async (world) => {
      addShopClient(world, { ...PETROV, mname: '' }, CARD);
      addTillClient(world, '4', PETROV_ARTIX, CARD);
      await world.sync();
      expect(world.sandbox.virtualpos.machine.customers.get('1')).toMatchObject({ mname: 'Иванович' });
      world.clock.jump(300_000);
      world.sandbox.artix.machine.editClient('4', { patronymic: '' });
      await world.sync();
      expect(world.sandbox.virtualpos.machine.customers.get('1')).toMatchObject({ mname: '' });
      expect(await quiet(world)).toMatchObject(silent);
    });
  });

  it('a surname changed in a name that is one text is no word about the patronymic that was never in it', async () => {
    await inWorld(await openFresh(), { config: configOf(['tills', 'delivery']) }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, null);
      const id = world.sandbox.vodyanoy.machine.addClient({ naimenovanie: 'Петров Пётр', telefon: '89131234567' });
      await world.sync();
      world.clock.jump(300_000);
      world.sandbox.vodyanoy.machine.editClient(id, { naimenovanie: 'Сидоров Пётр' });
      await world.sync();
      expect(tillClient(world)).toMatchObject({ lastname: 'Сидоров', name: 'Пётр', patronymic: 'Иванович' });
      expect(await quiet(world)).toMatchObject(silent);
    });
  });

  it('one consent withdrawn in a mask of several refuses that one alone', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addTillClient(world, '4', { ...PETROV_ARTIX, communications: 12 }, null);
      await world.sync();
      world.clock.jump(300_000);
      world.sandbox.artix.machine.editClient('4', { communications: 4 });
      await world.sync();
      expect(await rowsOf(world.store, 'clients')).toMatchObject([
        { consents_sms: 'refused', consents_email: 'granted', consents_call: null, consents_telegram: null },
      ]);
      expect(await quiet(world)).toMatchObject(silent);
    });
  });

  it('a group about which a person is asked is changed nowhere before the answer', async () => {
    const policies = policiesOf(['shop', 'tills']).replace('firstSync: authority', 'firstSync: review');
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills'], policies) }, async (world) => {
      addShopClient(world, { ...PETROV, lname: 'Петровв' }, CARD);
      addTillClient(world, '4', PETROV_ARTIX, CARD);
      await world.sync();
      expect(await openReviews(world.store)).toMatchObject([{ kind: 'value', subject: 'value:client:1:name' }]);
      expect(tillClient(world)).toMatchObject({ lastname: 'Петров' });
    });
  });
});
