/** What we do not own in a vendor's record survives every write of ours, whatever the vendor does with what a write leaves out. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, startWorld } from '../support/world.ts';

const FULL = {
  idclient: '55',
  name: 'Пётр',
  lastname: 'Петров',
  patronymic: 'Ильич',
  text: 'постоянный',
  sex: 0,
  birthday: '1966-05-20',
  specialdate1: '1980-08-08',
  specialdate1name: 'свадьба',
  specialdate2: '2001-02-03',
  specialdate2name: 'дочь',
  zipcode: '630000',
  address: 'Новосибирск, Ленина, 1',
  email: 'old@mail.ru',
  webpage: 'http://example.org',
  phonenumber: '8 (913) 123-45-67',
  inn: '0012345678',
  document: 'паспорт 0399 000001',
  okpo: '007',
  okpd: '01.1',
  occupation: 'слесарь',
  childrencount: 2,
  extendedoptions: '{"a":[1,2]}',
  organizationcode: '0007',
  subscriptionadj: 1,
  options: 3,
  communications: 15,
  codeword: 'тайна',
  userid: 'u-1',
  createdate: '2020-01-01 10:00:00',
  crc: 123,
  ownerStoreid: 'S1',
};
const CARD = '2000000000015';

describeStores('fields that are not ours', (openFresh) => {
  it.each(['replace', 'merge'] as const)('survive in Artix, where a POST does a %s', async (restWrite) => {
    const world = await startWorld(await openFresh(), { config: configOf(['shop', 'tills']), options: { artix: { restWrite, showsUpdateTime: true } } });
    const { virtualpos, artix } = world.sandbox;
    try {
      const raw = artix.machine.state;
      raw.putClient({ values: { ...FULL, novel: 'an extension', nested: { kept: [1, { deep: true }] } }, cleared: [] }, 'replace');
      raw.putCard(
        {
          values: {
            idcard: CARD,
            number: CARD,
            idclient: '55',
            idcardgroup: 3,
            blocked: 0,
            discountpercent: 5,
            cardSum: '120.50',
            pincode: '4321',
            purchases: 17,
            lastKnownBonusBalance: '3.00',
            cardstatus: 1,
            shopcode: '9',
            crc: 5,
            novel: 'x',
          },
          cleared: [],
        },
        'replace',
      );
      const { id } = virtualpos.machine.addCustomer({
        fname: 'Пётр',
        lname: 'Петров',
        mname: 'Ильич',
        phone: '+79131234567',
        email: 'old@mail.ru',
        group_name: 'VIP',
        accumulated_sales: '15200',
      });
      virtualpos.machine.addCard({ uid: CARD, customer_id: id, external_id: '1c-77', medium: 'MAGNET' });
      expect((await world.sync()).problems).toEqual([]);
      const rest = (body: object | undefined): unknown => ({ ...body, email: '', update_time: '' });
      const before = rest(artix.machine.clients.get('55'));
      expect(before).toMatchObject({
        codeword: 'тайна',
        userid: 'u-1',
        createdate: '2020-01-01 10:00:00',
        crc: 123,
        ownerStoreid: 'S1',
        novel: 'an extension',
        nested: { kept: [1, { deep: true }] },
        extendedoptions: '{"a":[1,2]}',
        options: 3,
        document: 'паспорт 0399 000001',
      });
      const shopBefore = { ...virtualpos.machine.customers.get(id) };
      const cardBefore = { ...[...virtualpos.machine.cards.values()][0] };
      world.clock.jump(600_000);
      virtualpos.machine.editCustomer(id, { email: 'new@mail.ru' });
      virtualpos.machine.editCard([...virtualpos.machine.cards.keys()][0] ?? '', { status: 'BLOCKED' });
      world.clock.jump(600_000);
      expect((await world.sync()).problems).toEqual([]);
      expect(artix.machine.clients.get('55')?.['email']).toBe('new@mail.ru');
      // The sandbox takes only the columns it knows; what matters is that all of them were given back.
      const sent = (call: string): unknown => artix.machine.writes.filter((write) => write.call === call).at(-1)?.body;
      expect(rest(sent('POST dictionaries/clients') as object)).toEqual(before);
      expect(sent('POST dictionaries/cards')).toMatchObject({
        blocked: 1,
        pincode: '4321',
        purchases: 17,
        cardSum: '120.50',
        lastKnownBonusBalance: '3.00',
        cardstatus: 1,
        shopcode: '9',
        crc: 5,
        novel: 'x',
        idcardgroup: 3,
        discountpercent: 5,
      });
      world.clock.jump(600_000);
      artix.machine.editClient('55', { phonenumber: '89139999999' });
      expect((await world.sync()).problems).toEqual([]);
      expect(virtualpos.machine.customers.get(id)).toMatchObject({
        email: 'new@mail.ru',
        group_id: shopBefore.group_id,
        accumulated_sales: '15200',
        register_date: shopBefore.register_date,
        created_by: shopBefore.created_by,
      });
      expect(virtualpos.machine.customers.get(id)?.phone).toContain('9139999999');
      expect([...virtualpos.machine.cards.values()][0]).toEqual({ ...cardBefore, status: 'BLOCKED' });
    } finally {
      await world.stop();
    }
  });

  it('survive in Vodyanoy, where an edit is possible', async () => {
    const config = configOf(['shop', 'delivery']).replace('token: { env: DELIVERY }', 'token: { env: DELIVERY }, update: patch');
    const world = await startWorld(await openFresh(), { config, options: { vodyanoy: { patch: true } } });
    const { virtualpos, vodyanoy } = world.sandbox;
    try {
      const { id } = virtualpos.machine.addCustomer({ fname: 'Пётр', lname: 'Петров', phone: '+79131234567', email: 'old@mail.ru' });
      const key = vodyanoy.machine.addClient({
        naimenovanie: 'Петров Пётр',
        telefon: '79131234567 Пётр, 79137654321 жена',
        email: 'old@mail.ru',
        comment: 'домофон 5',
        nomer_karty: '17',
        debt: 5_000,
        psw: 'secret',
        etoof: 1,
        address: { ulica: '10000000000011', dom: '22Б стр.3', kv: '7', commvod: 'через "арку" & двор' },
        more: { tipcen: '4' },
      });
      expect((await world.sync()).problems).toEqual([]);
      const before = structuredClone(vodyanoy.machine.clients.get(key));
      world.clock.jump(600_000);
      virtualpos.machine.editCustomer(id, { email: 'new@mail.ru' });
      world.clock.jump(600_000);
      expect((await world.sync()).problems).toEqual([]);
      expect(vodyanoy.machine.clients.get(key)).toEqual({ ...before, email: 'new@mail.ru', changedAt: expect.anything() });
    } finally {
      await world.stop();
    }
  });
});
