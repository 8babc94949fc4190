/** Values longer than anybody expects: taken, cut with a note or set aside, never the end of the run. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, startWorld } from '../support/world.ts';

describeStores('oversize values', (openFresh) => {
  it('do not stop a run, and the second is silent', async () => {
    const world = await startWorld(await openFresh(), { config: configOf(['shop', 'tills', 'crm', 'delivery']) });
    const { virtualpos, artix, lotinfo, vodyanoy } = world.sandbox;
    try {
      const long = 'Ю'.repeat(5000);
      virtualpos.machine.addCustomer({
        fname: long,
        lname: long,
        mname: long,
        phone: `+79130000001 ${'8'.repeat(400)}`,
        email: `${'a'.repeat(900)}@example.org`,
        custom_information: long.repeat(20),
        group_name: `Группа ${'г'.repeat(600)}`,
      });
      const card = virtualpos.machine.addCustomer({ fname: 'Олег', lname: 'Картин', phone: '+79130000002' });
      virtualpos.machine.addCard({ uid: '9'.repeat(150), customer_id: card.id });
      virtualpos.machine.addCard({ uid: '8'.repeat(300), customer_id: card.id });
      const raw = artix.machine.state;
      raw.putClient({ values: { idclient: '7'.repeat(300), name: 'Длинный', lastname: 'Ключ', phonenumber: '89130000003' }, cleared: [] }, 'replace');
      raw.putClient({ values: { idclient: '71', name: 'Олег', lastname: 'Обычный', phonenumber: '89130000004' }, cleared: [] }, 'replace');
      raw.putClient(
        {
          values: {
            idclient: '72',
            name: 'Яна',
            lastname: 'Чужая',
            phonenumber: '89130000006',
            options: 999_999_999_999,
            childrencount: 99_999_999_999,
            sex: 7,
          },
          cleared: [],
        },
        'replace',
      );
      raw.putCard({ values: { idcard: '5'.repeat(300), number: '5'.repeat(300), idclient: '71', idcardgroup: 2 }, cleared: [] }, 'replace');
      lotinfo.machine.addClient({
        fioF: long,
        fioI: 'Анна',
        contacts: [
          { type: 'email', value: `${'b'.repeat(900)}@example.org` },
          { type: 'other', value: long },
        ],
      });
      vodyanoy.machine.addClient({
        naimenovanie: long,
        telefon: Array.from({ length: 300 }, (_, index) => `7913${String(2_000_000 + index)} Вася`).join(', '),
      });
      vodyanoy.machine.addClient({ naimenovanie: 'Малый Лев', telefon: '79130000005' });
      const first = await world.sync();
      expect(first.problems).toEqual([]);
      for (const name of ['shop', 'tills', 'crm', 'delivery'])
        expect(first.readings.filter(({ system }) => system === name).every(({ result }) => result === 'snapshot')).toBe(true);
      // Those of ordinary size are everywhere.
      for (const phone of ['0002', '0004', '0005']) {
        expect([...virtualpos.machine.customers.values()].filter((one) => one.phone.endsWith(phone))).toHaveLength(1);
        expect([...vodyanoy.machine.clients.values()].filter((one) => one.telefon.endsWith(phone))).toHaveLength(1);
      }
      const aside: { stream: string; field: string; rule: string }[] = await world.store
        .db('quarantine')
        .where({ state: 'open' })
        .select('stream', 'field', 'rule')
        .orderBy('id');
      expect(aside.map(({ stream, field, rule }) => `${stream} ${field}: ${rule.replace(/ \(line \d+\)/g, '')}`).sort()).toEqual([
        'cards : expected a key of at most 191 characters',
        'clients : expected a key of at most 191 characters',
        'clients contacts[type=email].value → email: an e-mail address is expected',
        'clients phone → phone: one phone number is expected; also email → email: an e-mail address is expected',
        'clients sex → sex: one of 0, 1 is expected; also options → consents.receipts: a whole number, or an object of its members, is expected; also options → attributes.artix.emailconfirmed: a whole number, or an object of its members, is expected',
      ]);
      const writes = world.writes();
      const second = await world.sync();
      expect({ problems: second.problems, writes: world.writes() - writes, changed: second.resolved.clients.changed }).toEqual({
        problems: [],
        writes: 0,
        changed: 0,
      });
    } finally {
      await world.stop();
    }
  });
});
