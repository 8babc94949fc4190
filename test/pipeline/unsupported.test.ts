/** Differences that a system cannot take: listed once, beside what can be changed, and gone when they are gone. */
import { expect, it } from 'vitest';
import { planText } from '../../app/cli/output/plan.ts';
import { reportText } from '../../app/cli/output/report.ts';
import { statusText } from '../../app/cli/output/status.ts';
import { planList } from '../../app/console/plan.ts';
import { statusOf } from '../../app/console/status.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, inWorld, operationsOf, PETROV, quiet } from './kit.ts';

const withCrm = configOf(['shop', 'crm'], policiesOf(['shop', 'crm']));
const withDelivery = configOf(['shop', 'delivery'], policiesOf(['shop', 'delivery'])).replace('url: $VODYANOY,', 'url: $VODYANOY, update: patch,');

const editShop = (world: World, fields: Record<string, string>): void => {
  world.clock.jump(300_000);
  world.sandbox.virtualpos.machine.editCustomer('1', fields);
};
const unsupported = async (world: World): Promise<unknown[]> =>
  (await operationsOf(world.store, { state: 'unsupported' })).map((row) => [Object.keys(JSON.parse(row.changes) as object), row.why]);
const listed = (report: RunReport): unknown[] => report.operations.flatMap((one) => Object.entries(one.unsupported));
const planOf = (world: World) => planList(world.store.db, { systems: [], streams: [], limit: 20, personal: false });

describeStores('differences that a system cannot take', (openFresh) => {
  it('where it has no way to change a record at all', async () => {
    await inWorld(await openFresh(), { config: withCrm }, async (world) => {
      addShopClient(world, PETROV);
      world.sandbox.lotinfo.machine.addClient({
        ...{ fioF: 'Петров', fioI: 'Пётр', fioO: 'Иванович', sex: 'male', birthday: '05.06.1980' },
        contacts: [
          { type: 'mobile', value: '79131234567' },
          { type: 'email', value: 'petrov@mail.ru' },
        ],
      });
      await world.sync();
      expect(await unsupported(world)).toEqual([]);
      editShop(world, { email: '' });
      const report = await world.sync();
      expect(await unsupported(world)).toEqual([[['email'], 'the system has no way to change a record']]);
      expect(listed(report)).toEqual([['the system has no way to change a record', { email: 1 }]]);
      expect(report.waiting).toMatchObject({ proposed: 0, held: 0, fresh: 0 });
      expect(report.state).toBe('done');
      const text = reportText(report);
      expect(text).toMatch(/What a system cannot take[^\n]*\n[^\n]*\n\s*crm +clients +the system has no way to change a record +email 1/);
      expect(text).not.toContain('What waits');
      expect(planText(await planOf(world))).toMatch(/^What the systems cannot take\n[^\n]*\n\s*crm +clients +1 +email 1$/);
      expect(statusText(await statusOf(world.store.db))).toMatch(/What the systems cannot take[^\n]*\n[^\n]*\n\s*crm +clients +1/);
    });
  });

  it('where it takes changes and cannot clear: said once, the rest is changed, and it falls away with the difference', async () => {
    await inWorld(await openFresh(), { config: withDelivery, options: { vodyanoy: { patch: true } } }, async (world) => {
      addShopClient(world, PETROV);
      const { machine } = world.sandbox.vodyanoy;
      const id = machine.addClient({ naimenovanie: 'Петров Пётр Иванович', telefon: '89131234567', email: 'petrov@mail.ru' });
      await world.sync();
      editShop(world, { email: '', phone: '+79990001122' });
      expect(listed(await world.sync())).toEqual([['the system cannot clear a field', { email: 1 }]]);
      expect(machine.clients.get(id)).toMatchObject({ telefon: '79990001122', email: 'petrov@mail.ru' });
      expect(await unsupported(world)).toEqual([[['email'], 'the system cannot clear a field']]);
      const again = await quiet(world);
      expect(again).toMatchObject({ writes: 0, changed: false });
      expect(listed(again.report)).toEqual([]);
      expect((await operationsOf(world.store, { action: 'update', state: 'unsupported' })).length).toBe(1);
      expect((await planOf(world)).unsupported).toMatchObject([{ system: 'delivery', fields: { email: 1 } }]);
      editShop(world, { email: 'petrov@mail.ru' });
      await world.sync();
      expect(await unsupported(world)).toEqual([]);
      expect((await planOf(world)).unsupported).toEqual([]);
    });
  });
});
