/** Edits of one value in a wire field that holds several, and values taken away at the tills, through whole syncs. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { replay } from '../../app/console/replay.ts';
import { compileMapping } from '../../mappings/engine/index.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { OPTIONS } from '../mappings-engine/support.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, inWorld, openReviews, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf, runWith } from './kit.ts';

const HOUR = 3_600_000;

async function settle(world: World, syncs = 2): Promise<void> {
  for (let done = 0; done < syncs; done += 1) {
    world.clock.jump(HOUR);
    expect((await world.sync()).problems).toEqual([]);
  }
}

/** The setup with lines of the tills' mapping left out. */
function withoutLines(lines: RegExp): (setup: RunSetup) => RunSetup {
  const file = 'mappings/artix/clients.yaml';
  const narrow = compileMapping({ text: readFileSync(file, 'utf8').replace(lines, ''), file }, OPTIONS);
  return (setup) => ({
    ...setup,
    systems: setup.systems.map((one) => (one.name === 'tills' ? { ...one, mappings: new Map([...one.mappings, ['clients', narrow]]) } : one)),
  });
}

const shop = (world: World) => world.sandbox.virtualpos.machine;
const tills = (world: World) => world.sandbox.artix.machine;
const NEW_PHONE = '+79990001122';

describeStores('several values in one wire field', (openFresh) => {
  it('another contact in the CRM takes no newer phone back', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'crm']) }, async (world) => {
      const id = addShopClient(world, PETROV);
      const crm = world.sandbox.lotinfo.machine;
      const phone = { type: 'mobile', value: '79131234567', general: 1 };
      const names = { fioF: 'Петров', fioI: 'Пётр', fioO: 'Иванович' };
      const client = crm.addClient({ ...names, contacts: [phone, { type: 'email', value: 'petrov@mail.ru' }] });
      await settle(world);
      shop(world).editCustomer(id, { phone: NEW_PHONE });
      await settle(world, 1);
      crm.editClient(client, { contacts: [phone, { type: 'email', value: 'new@mail.ru', general: 1 }] });
      await settle(world);
      expect(shop(world).customers.get(id)).toMatchObject({ phone: NEW_PHONE, email: 'new@mail.ru' });
    });
  });

  it('a second number in a free text of phones takes no newer phone back', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'delivery']) }, async (world) => {
      const id = addShopClient(world, PETROV);
      const delivery = world.sandbox.vodyanoy.machine;
      const client = delivery.addClient({ naimenovanie: 'Петров Пётр Иванович', telefon: '8 913 123 45 67', email: 'petrov@mail.ru' });
      await settle(world);
      shop(world).editCustomer(id, { phone: NEW_PHONE });
      await settle(world, 1);
      delivery.editClient(client, { telefon: '8 913 123 45 67, 8 913 555 00 11 жена' });
      await settle(world);
      expect(shop(world).customers.get(id)?.phone).toBe(NEW_PHONE);
    });
  });

  it.each([
    ['0', 0],
    ['nothing', null],
  ])('one box ticked in a mask of %s refuses nothing that was granted elsewhere', async (_what, mask) => {
    // The tills take no consents from us: their mask stays what the people there make of it.
    const config = configOf(['shop', 'tills']).replace(/(tills:[\s\S]*?clients: \{ push: auto, create: all)/, '$1, update: [phone, name, email]');
    await inWorld(await openFresh(), { config }, async (world) => {
      const id = addShopClient(world, { ...PETROV, send_email: '1', send_sms: '1' });
      addTillClient(world, '4', PETROV_ARTIX, null);
      tills(world).editClient('4', { communications: mask });
      await settle(world);
      tills(world).editClient('4', { communications: 1 });
      await settle(world);
      expect(shop(world).customers.get(id)).toMatchObject({ send_email: '1', send_sms: '1' });
      tills(world).editClient('4', { communications: 9 });
      await settle(world, 1);
      tills(world).editClient('4', { communications: 1 });
      await settle(world, 1);
      expect(shop(world).customers.get(id), 'a bit that was set and is not any more').toMatchObject({ send_email: '1', send_sms: '0' });
    });
  });

  it('a mapping that reads another bit of a mask makes no refusal of an edit it did not see', async () => {
    const config = configOf(['shop', 'tills']).replace(/(tills:[\s\S]*?clients: \{ push: auto, create: all)/, '$1, update: [phone]');
    await inWorld(await openFresh(), { config }, async (world) => {
      const narrowly = (): Promise<unknown> => runWith(world, withoutLines(/ {2}consents\.(telegram|email|sms):.*\n/g));
      const id = addShopClient(world, { ...PETROV, send_email: '1', send_sms: '1' });
      addTillClient(world, '4', { ...PETROV_ARTIX, communications: 0 }, null);
      await narrowly();
      tills(world).editClient('4', { communications: 1 });
      world.clock.jump(HOUR);
      await narrowly();
      await settle(world);
      expect(shop(world).customers.get(id)).toMatchObject({ send_email: '1', send_sms: '1' });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});

const EMPTIED = { phonenumber: '', email: '', birthday: '', sex: null, patronymic: '', text: '' };

describeStores('values taken away at a till', (openFresh) => {
  it.each(['omit', 'null', 'empty-text'] as const)('are taken away elsewhere: empty as %s', async (emptyAs) => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']), options: { artix: { emptyAs } } }, async (world) => {
      // The e-mail and the notes came to the till from us, the rest was there.
      const id = addShopClient(world, { ...PETROV, custom_information: 'просит звонить вечером' });
      addTillClient(world, '4', PETROV_ARTIX, null);
      await settle(world);
      expect(tills(world).clients.get('4')).toMatchObject({ email: PETROV.email, text: 'просит звонить вечером' });
      tills(world).editClient('4', EMPTIED);
      await settle(world);
      const gone = { phone: '', email: '', birth_year: '', birth_month: '', birth_day: '', gender: '', mname: '', custom_information: '' };
      expect(shop(world).customers.get(id)).toMatchObject({ ...gone, fname: 'Пётр', lname: 'Петров' });
      for (const field of Object.keys(EMPTIED)) expect(tills(world).clients.get('4')?.[field] ?? '', field).toBe('');
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      expect([(await operationsOf(world.store)).filter(({ state }) => state !== 'applied'), await openReviews(world.store)]).toEqual([[], []]);
    });
  });

  it.each(['omit', 'null', 'empty-text'] as const)('come back when somebody gives them again, and go when the shop takes them: %s', async (emptyAs) => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']), options: { artix: { emptyAs } } }, async (world) => {
      const id = addShopClient(world, PETROV);
      addTillClient(world, '4', PETROV_ARTIX, null);
      await settle(world);
      tills(world).editClient('4', { email: '' });
      await settle(world, 1);
      shop(world).editCustomer(id, { email: 'again@mail.ru' });
      await settle(world, 1);
      expect(tills(world).clients.get('4')?.['email']).toBe('again@mail.ru');
      shop(world).editCustomer(id, { email: '', phone: '' });
      await settle(world);
      expect([tills(world).clients.get('4')?.['email'] ?? '', tills(world).clients.get('4')?.['phonenumber'] ?? '']).toEqual(['', '']);
      tills(world).editClient('4', { email: 'till@mail.ru' });
      await settle(world, 1);
      expect(shop(world).customers.get(id)).toMatchObject({ email: 'till@mail.ru', phone: '' });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('are not taken away by a body that is read again out of quarantine, but by the reading after it', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      const id = addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: PETROV.email }, null);
      await settle(world);
      tills(world).editClient('4', { phonenumber: 'спросить', email: '' });
      await settle(world, 1);
      const cured = withoutLines(/ {2}phone:.*\n/);
      expect(await replay(world.store, cured(await world.setup()), null)).toMatchObject({ cured: 1, still: 0 });
      const [row] = await rowsOf(world.store, 'records', { record_key: '4', stream: 'clients' });
      expect(JSON.parse(String(row?.['view']))).toMatchObject({ email: PETROV.email });
      world.clock.jump(HOUR);
      await runWith(world, cured);
      expect(shop(world).customers.get(id)).toMatchObject({ email: '', phone: PETROV.phone });
    });
  });
});
