/** A system that is read as ever and takes no write: its address leads elsewhere, or its key may not write. One call tells, and people are told. */
import { expect, it } from 'vitest';
import { troublesNow } from '../../app/upkeep/troubles.ts';
import { freePort } from '../support/free-port.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type SYSTEMS, type World } from '../support/world.ts';
import { addShopClient, inWorld, operationsOf, PETROV, quiet } from './kit.ts';

type Vendor = 'virtualpos' | 'artix' | 'lotinfo' | 'vodyanoy';

interface Way {
  readonly vendor: Vendor;
  readonly system: keyof typeof SYSTEMS;
  readonly method: string;
  readonly path: RegExp;
  readonly config: string;
  /** Where a run is told only by the next ones what became of a write. */
  readonly later?: true;
}

const beside = (name: keyof typeof SYSTEMS): string => configOf(['shop', name], policiesOf(['shop', name]));
const OWN = configOf(['shop', 'delivery'], policiesOf(['shop', 'delivery']));
const exchange = (port: number): string =>
  beside('tills').replace(
    'settings: { rest: { url: $CS,',
    `settings: { route: http, http: { url: $AIF, login: $LOGIN, password: { env: TILLS }, shops: ["1"], statuses: { listen: "127.0.0.1:${port}", waitSeconds: 0 } }, rest: { url: $CS,`,
  );

const WAYS: Readonly<Record<string, Way>> = {
  VirtualPOS: { vendor: 'virtualpos', system: 'shop', method: 'POST', path: /\/update$/, config: OWN },
  'Artix over CSrest': { vendor: 'artix', system: 'tills', method: 'POST', path: /dictionaries\/clients$/, config: beside('tills') },
  'Artix over the exchange service': { vendor: 'artix', system: 'tills', method: 'POST', path: /aifexchange/, config: exchange(await freePort()), later: true },
  Lotinfo: { vendor: 'lotinfo', system: 'crm', method: 'PUT', path: /\/v1\/CLIENTS$/, config: beside('crm') },
  Vodyanoy: { vendor: 'vodyanoy', system: 'delivery', method: 'POST', path: /\/api\/clients$/, config: beside('delivery') },
};

/** Three people in another system. */
function seed(world: World, vendor: Vendor): void {
  const people = ['Волкова Анна', 'Зайцев Глеб', 'Петров Иван'];
  for (const [index, name] of people.entries()) {
    const [lname = '', fname = ''] = name.split(' ');
    if (vendor === 'virtualpos') world.sandbox.vodyanoy.machine.addClient({ naimenovanie: name, telefon: `7913123456${index}` });
    else addShopClient(world, { ...PETROV, lname, fname, phone: `+7913123456${index}`, email: `p${index}@x.ru` });
  }
}

const clientsOf = (world: World, vendor: Vendor): number =>
  vendor === 'virtualpos' ? world.sandbox.virtualpos.machine.customers.size : world.sandbox[vendor].machine.clients.size;

describeStores('a system that takes no write', (openFresh) => {
  const cases = Object.entries(WAYS).flatMap(([name, way]) => [[name, 307, 'VENDOR_REDIRECT', way] as const, [name, 403, 'VENDOR_REFUSED', way] as const]);
  it.each(cases)('%s answers %i: one call tells, nothing is lost, and the run says %s', async (_name, status, code, way) => {
    const { vendor, system, method, path, config, later } = way;
    await inWorld(await openFresh(), { config }, async (world) => {
      seed(world, vendor);
      const { faults, machine } = world.sandbox[vendor];
      const calls = (): number => machine.requests.filter((one) => one.method === method && path.test(one.path.split('?')[0] ?? '')).length;
      faults.add({ kind: 'status', status, match: { method, path }, times: Number.POSITIVE_INFINITY });
      for (let run = 1; run <= 3; run += 1) {
        const before = calls();
        const report = await world.sync();
        expect(report.state).toBe('failed');
        expect(report.problems).toMatchObject([{ system, code, message: expect.stringContaining(`HTTP ${status}`) }]);
        if (status === 307) expect(report.problems[0]).toMatchObject({ message: expect.stringMatching(/redirect/), hint: expect.stringMatching(/address/) });
        expect(report.waiting).toMatchObject({ later: 3, unknown: 0, reviews: 0 });
        expect(calls() - before).toBeLessThanOrEqual(world.loaded().config.systems[system]?.concurrency ?? 1);
        for (const row of await operationsOf(world.store, { action: 'create' })) expect(row).toMatchObject({ state: 'ready', attempts: 0, needs_person: 0 });
      }
      const options = { alerts: { failedRuns: true, waitingHours: 24, silentPeriods: 2, periodHours: 24 }, systems: [system], jobs: [] };
      expect((await troublesNow(world.store, options, world.clock.now())).map(({ text }) => text).join('\n')).toContain(`${system} ${code}`);
      expect(clientsOf(world, vendor)).toBe(0);
      faults.clear();
      for (let run = 0; run < (later === true ? 8 : 1); run += 1) {
        expect((await world.sync()).problems).toEqual([]);
        if (later !== true) continue;
        await world.sandbox.artix.machine.aif.calledBack();
        world.clock.jump(700_000);
      }
      expect(clientsOf(world, vendor)).toBe(3);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
