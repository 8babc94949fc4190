import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { pauseSystems } from '../../../app/console/systems.ts';
import { type AlertRound, checkAlerts, watchAlerts } from '../../../app/upkeep/alerts.ts';
import type { AlertMessage } from '../../../app/upkeep/messengers.ts';
import { type AlertsConfig, alertsSchema } from '../../../config/schema/alerts.ts';
import { addShopClient, PETROV } from '../../pipeline/kit.ts';
import { describeStores } from '../../support/stores.ts';
import { configOf, policiesOf, startWorld, type World } from '../../support/world.ts';

const HOUR = 3_600_000;
const never = new AbortController().signal;

interface Hook {
  readonly config: AlertsConfig;
  readonly got: (AlertMessage & { source: string })[];
  status: number;
}

describeStores('alerts', (openFresh) => {
  const undo: (() => Promise<void> | void)[] = [];
  const lines: string[] = [];
  afterEach(async () => {
    lines.length = 0;
    for (const step of undo.splice(0).reverse()) await step();
  });
  const note = (message: string, facts: object = {}): void => void lines.push(`${message} ${JSON.stringify(facts)}`);
  const log = { debug: note, info: note, warn: note, error: note };

  async function hook(more: object = {}): Promise<Hook> {
    const made: { got: Hook['got']; status: number } = { got: [], status: 204 };
    const server = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        if (made.status < 300) made.got.push(JSON.parse(body) as Hook['got'][number]);
        response.writeHead(made.status).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    undo.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/a-secret-token`;
    return Object.assign(made, { config: alertsSchema.parse({ webhook: { url }, ...more }) });
  }

  async function world(): Promise<World> {
    const made = await startWorld(await openFresh(), { config: configOf(['shop', 'tills'], policiesOf(['shop', 'tills'])) });
    undo.push(() => made.stop());
    return made;
  }

  const check = (here: World, { config }: Pick<Hook, 'config'>): Promise<AlertRound> =>
    checkAlerts(here.store, { alerts: config, systems: ['shop', 'tills'], jobs: ['nightly', 'often'], clock: here.clock, log }, never);

  it('tell of a failed run once, of another failure anew, and that it is over', async () => {
    const here = await world();
    const watcher = await hook();
    await here.sync();
    expect(await check(here, watcher)).toEqual({ told: 0, failed: 0 });
    here.sandbox.virtualpos.faults.add({ kind: 'status', status: 401, times: Number.POSITIVE_INFINITY });
    expect((await here.sync()).state).toBe('failed');
    await check(here, watcher);
    await here.sync();
    await check(here, watcher);
    expect(watcher.got.map(({ subject, state }) => [subject, state])).toEqual([['run:sync', 'raised']]);
    expect(watcher.got[0]?.text).toMatch(/the last sync failed \(run 2\): shop VENDOR_REFUSED/);
    here.sandbox.virtualpos.faults.clear();
    here.sandbox.virtualpos.faults.add({ kind: 'status', status: 503, times: Number.POSITIVE_INFINITY });
    await here.sync();
    await check(here, watcher);
    expect(watcher.got.at(-1)?.text).toMatch(/shop VENDOR_BUSY/);
    here.sandbox.virtualpos.faults.clear();
    await here.sync();
    await check(here, watcher);
    await check(here, watcher);
    expect(watcher.got.map(({ state }) => state)).toEqual(['raised', 'raised', 'over']);
  });

  it('judge each job by its own runs, and what was asked by hand by what covers as much', async () => {
    const here = await world();
    const watcher = await hook();
    const ran = async (name: string | null, state: string, scope: object = {}, more: object = {}): Promise<void> => {
      const id = Number((await here.store.db('runs').max({ last: 'id' }).first())?.['last'] ?? 0) + 1;
      const problems = state === 'failed' ? JSON.stringify([{ system: 'shop', code: 'VENDOR_REFUSED' }]) : null;
      const row = { id, job: 'sync', name, scope: JSON.stringify({ job: 'sync', ...scope, dry: false }), state, started_at: id, ended_at: id };
      await here.store.db('runs').insert({ ...row, counts: '{}', problems, acknowledged: 0, ...more });
      await check(here, watcher);
    };
    const told = (): string[] => watcher.got.splice(0).map(({ subject, state }) => `${subject} ${state}`);
    await ran('nightly', 'failed');
    expect(told()).toEqual(['job:nightly raised']);
    // Neither another job, nor somebody by hand, nor a run that was skipped or stopped says anything of this one.
    await ran('often', 'done');
    await ran(null, 'done');
    await ran('nightly', 'skipped');
    await ran('nightly', 'interrupted');
    expect(told()).toEqual([]);
    await ran('often', 'failed');
    await ran('nightly', 'done');
    expect(told()).toEqual(['job:often raised', 'job:nightly over']);
    await ran('often', 'interrupted', {}, { ended_at: null });
    expect(watcher.got.at(-1)?.text).toMatch(/the last run of often failed \(run \d+\): killed/);
    await ran('removed', 'failed');
    await ran(null, 'failed', { systems: ['shop'] });
    await ran(null, 'done', { systems: ['tills'] });
    await ran(null, 'done', { systems: ['shop', 'tills'], streams: ['clients'] });
    expect(told()).toEqual(['job:often raised', 'run:sync:shop raised']);
    await ran('nightly', 'done');
    expect(told()).toEqual(['run:sync:shop over']);
  });

  it('tell of what waits too long and of systems without success, with no word of a person in it; not of a paused one', async () => {
    const here = await world();
    const watcher = await hook({ waitingHours: 10, silentPeriods: 2, periodHours: 24 });
    addShopClient(here, PETROV);
    await here.sync({ job: 'plan' });
    await check(here, watcher);
    expect(watcher.got).toEqual([]);
    here.clock.jump(11 * HOUR);
    await check(here, watcher);
    await check(here, watcher);
    expect(watcher.got.map(({ subject }) => subject)).toEqual(['waiting:proposed']);
    here.clock.jump(40 * HOUR);
    await pauseSystems(here.store, ['tills'], { at: 1, by: 'olga', note: null });
    await check(here, watcher);
    expect(watcher.got.map(({ subject }) => subject)).toEqual(['waiting:proposed', 'system:shop']);
    await pauseSystems(here.store, ['tills'], null);
    await check(here, watcher);
    expect(watcher.got.at(-1)?.subject).toBe('system:tills');
    await here.sync({ job: 'apply' });
    await check(here, watcher);
    expect(watcher.got.filter(({ state }) => state === 'over').map(({ subject }) => subject)).toEqual(['system:shop', 'system:tills', 'waiting:proposed']);
    for (const said of ['Петров', '9131234567', 'petrov@', 'olga']) expect(JSON.stringify(watcher.got)).not.toContain(said);
  });

  it('are sent again until they arrive, by one process at a time, and no log tells the address', async () => {
    const here = await world();
    const watcher = await hook();
    here.sandbox.artix.faults.add({ kind: 'status', status: 401, times: Number.POSITIVE_INFINITY });
    await here.sync();
    watcher.status = 500;
    expect(await check(here, watcher)).toEqual({ told: 0, failed: 1 });
    watcher.status = 204;
    expect(await check(here, watcher)).toEqual({ told: 0, failed: 0 });
    here.clock.jump(HOUR);
    const rounds = await Promise.all([check(here, watcher), check(here, watcher), check(here, watcher)]);
    expect(rounds.reduce((sum, round) => sum + round.told, 0)).toBe(1);
    expect(watcher.got).toHaveLength(1);
    const gone = { config: alertsSchema.parse({ webhook: { url: 'http://127.0.0.1:1/hooks/a-secret-token' } }) };
    here.sandbox.artix.faults.clear();
    await here.sync();
    expect((await check(here, gone)).failed).toBe(1);
    expect(lines.join('\n')).toMatch(/VENDOR_UNREACHABLE/);
    expect(lines.join('\n')).not.toContain('a-secret-token');
  });

  it('go by e-mail too, and the watch ends with its signal', async () => {
    const here = await world();
    const mails: string[] = [];
    const smtp = createServer((socket) => mailbox(socket, mails)).listen(0, '127.0.0.1');
    await new Promise((resolve) => smtp.once('listening', resolve));
    undo.push(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
    const url = `smtp://127.0.0.1:${(smtp.address() as AddressInfo).port}`;
    const config = alertsSchema.parse({ email: { smtp: url, from: 'sverka@example.org', to: ['ops@example.org'] } });
    here.sandbox.virtualpos.faults.add({ kind: 'status', status: 401, times: Number.POSITIVE_INFINITY });
    await here.sync();
    const stop = new AbortController();
    const clock = { ...here.clock, sleep: async () => stop.abort() };
    await watchAlerts(
      here.store,
      { now: () => ({ alerts: config, systems: ['shop', 'tills'], jobs: ['nightly', 'often'], clock, log }), clock, log },
      stop.signal,
    );
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatch(/Subject: \[sverka\] trouble: run:sync/);
    expect(mails[0]).toMatch(/the last sync failed \(run 1\): shop VENDOR_REFUSED/);
  });
});

/** Takes mails by SMTP as far as a test needs it. */
function mailbox(socket: Socket, mails: string[]): void {
  let body: string | null = null;
  let rest = '';
  socket.write('220 test\r\n');
  socket.on('data', (piece) => {
    rest += piece.toString();
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (body !== null) {
        if (line !== '.') body += `${line}\n`;
        else {
          mails.push(body);
          body = null;
          socket.write('250 taken\r\n');
        }
      } else if (line === 'DATA') {
        body = '';
        socket.write('354 go on\r\n');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    }
  });
}
