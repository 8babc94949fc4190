/** Taken out once, the tests here failed: a stream whose snapshot was never landed does not count as seen whole. */
import { expect, it } from 'vitest';
import { reportText } from '../../app/cli/output/report.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf } from '../support/world.ts';
import { addShopClient, inWorld, operationsOf, PETROV } from './kit.ts';

const THREE = ['shop', 'crm', 'delivery'] as const;
const MONTH_MS = 30 * 86_400_000;

describeStores('sync --since', (openFresh) => {
  it('creates nothing where no snapshot was ever read, says so, and goes on with the first whole one', async () => {
    await inWorld(await openFresh(), { config: configOf(THREE, policiesOf(THREE)) }, async (world) => {
      const { lotinfo, vodyanoy } = world.sandbox;
      const then = world.clock.now() - MONTH_MS;
      addShopClient(world, PETROV);
      lotinfo.machine.addClient({ fioF: 'Петров', fioI: 'Пётр', fioO: 'Иванович', contacts: [{ type: 'mobile', value: '79131234567' }] }, then);
      vodyanoy.machine.addClient({ naimenovanie: 'Петров Пётр Иванович', telefon: '89131234567', createdAt: then, changedAt: then });
      const first = await world.sync({ since: world.clock.now() - 3_600_000 });
      expect(world.writes()).toBe(0);
      expect(first.readings.map(({ system, result }) => [system, result])).toEqual([
        ['shop', 'snapshot'],
        ['crm', 'partial'],
        ['delivery', 'partial'],
      ]);
      expect(reportText(first)).toContain('no snapshot ever was');
      expect((await operationsOf(world.store, { action: 'create' })).map(({ state }) => state)).toEqual(['held', 'held']);
      world.clock.jump(60_000);
      await world.sync();
      expect([lotinfo.machine.clients.size, vodyanoy.machine.clients.size]).toEqual([1, 1]);
    });
  });

  it('counts as before once a snapshot was landed', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'crm'], policiesOf(['shop', 'crm'])) }, async (world) => {
      await world.sync();
      addShopClient(world, PETROV);
      world.clock.jump(60_000);
      const report = await world.sync({ since: world.clock.now() - 60_000 });
      expect(report.readings.map(({ result }) => result)).not.toContain('partial');
      expect(world.sandbox.lotinfo.machine.clients.size).toBe(1);
    });
  });
});
