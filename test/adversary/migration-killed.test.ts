/**
 * A migration whose process is killed (SIGKILL: nothing is said, no lease is given back) at requests spread over `migrate` and `apply`,
 * and one that is stopped before statements of the store: the same two commands, typed again, end where an undisturbed one does, and
 * nobody, no card and no point is there twice.
 */
import type { ChildProcess } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { migrationSummary } from '../../pipeline/migrate/summary.ts';
import type { MigrationScope } from '../../pipeline/report.ts';
import type { RunningSandbox } from '../../sandbox/index.ts';
import { startTrial, sverka, type Trial } from '../cli/support.ts';
import { addShopClient, inWorld, PETROV } from '../pipeline/kit.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { afterStatements, points } from './interruption-kit.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

// SVERKA_TEST_POINTS stops at more points than fit into every run of the suite.
const wanted = Number(process.env['SVERKA_TEST_POINTS'] ?? 4);

/** Who is in the shop, with cards and points. */
interface Shop {
  addCustomer(fields: Record<string, string>): { id: string };
  addCard(fields: Record<string, string>): unknown;
  earn(id: string, programme: string, points: number): unknown;
}

const number = (n: number): string => `20000000000${10 + n}`;

function seed(shop: Shop): void {
  for (let n = 0; n < 6; n++) {
    const { id } = shop.addCustomer({ ...PETROV, lname: `Петров${'абвгде'[n]}`, fname: `Имя${'абвгде'[n]}`, phone: `+7913123456${n}`, email: `p${n}@mail.ru` });
    if (n % 2 === 0) shop.addCard({ uid: number(n), customer_id: id, status: 'ACTIVE' });
    if (n % 2 === 0) shop.earn(id, '1', 1000 + n);
  }
}

/** What the tills hold: six people, three cards with their points, each once. */
function expectMoved({ artix: { machine } }: Pick<RunningSandbox, 'artix'>, at: string): void {
  const names = [...machine.clients.values()].map(({ lastname }) => String(lastname)).sort();
  expect([at, names]).toEqual([at, [...'абвгде'].map((letter) => `Петров${letter}`)]);
  const cards = [...machine.cards.values()].map(({ number: uid }) => String(uid)).sort();
  expect([at, cards.map((uid) => [uid, machine.balance(uid)])]).toEqual([at, [0, 2, 4].map((n) => [number(n), 1000 + n])]);
}

async function trial(): Promise<Trial> {
  const one = await startTrial({ people: 0 }, (yaml) => yaml.replaceAll('push: auto', 'push: plan').replaceAll('create: all', 'create: none'));
  stops.push(() => one.stop());
  one.sandbox.artix.machine.addCardGroup({ idcardgroup: 2, name: 'Бонусные' });
  seed(one.sandbox.virtualpos.machine as unknown as Shop);
  return one;
}

const MIGRATE = ['migrate', '--from', 'shop', '--to', 'tills'];
const APPLY = ['apply', '--from', 'shop', '--to', 'tills', '--yes'];

/** Runs a command as a process of its own and kills it at the nth request that the vendors have answered, before the answer is sent. */
async function killed(one: Trial, args: readonly string[], nth: number): Promise<number> {
  let [count, child]: [number, ChildProcess | null] = [0, null];
  const machines = [one.sandbox.virtualpos.machine, one.sandbox.artix.machine] as unknown as { answer(...rest: unknown[]): unknown }[];
  const restore = machines.map((machine) => {
    const answer = machine.answer;
    machine.answer = (...rest) => {
      const said = answer.apply(machine, rest);
      count += 1;
      if (count === nth) child?.kill('SIGKILL');
      return said;
    };
    return () => {
      machine.answer = answer;
    };
  });
  const { code, stderr } = await sverka([...args], {
    cwd: one.directory,
    onStart: (started) => {
      child = started;
    },
  });
  for (const back of restore) back();
  if (nth > 0) expect([nth, code]).toEqual([nth, null]);
  else expect([0, 3], stderr).toContain(code);
  return count;
}

/** The two commands, until nothing is left: at most four times. */
async function finish(one: Trial, at: string): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const args of [MIGRATE, APPLY]) {
      const { code, stderr } = await one.run(...args);
      expect([0, 3], `${at}: ${stderr}`).toContain(code);
    }
    if ((await one.run(...MIGRATE, '--summary')).code === 0) break;
  }
  expectMoved(one.sandbox, at);
  const before = one.sandbox.artix.machine.writes.length;
  await one.run(...MIGRATE);
  await one.run(...APPLY);
  expect([at, one.sandbox.artix.machine.writes.length]).toEqual([at, before]);
}

it(
  'is gone on with after its process was killed at any request',
  async () => {
    const whole = await trial();
    const requests = { migrate: await killed(whole, MIGRATE, 0), apply: await killed(whole, APPLY, 0) };
    expectMoved(whole.sandbox, 'undisturbed');
    for (const nth of points(requests.migrate, 2)) {
      const one = await trial();
      await killed(one, MIGRATE, nth);
      await finish(one, `migrate ${nth}`);
    }
    for (const nth of points(requests.apply, wanted)) {
      const one = await trial();
      await killed(one, MIGRATE, 0);
      await killed(one, APPLY, nth);
      await finish(one, `apply ${nth}`);
    }
  },
  60_000 + wanted * 60_000,
);

const INTO_TILLS: MigrationScope = { from: 'shop', to: 'tills' };
const config = configOf(['shop', 'tills'], policiesOf(['shop', 'tills']))
  .replaceAll('push: auto', 'push: plan')
  .replaceAll('create: all', 'create: none');

describeStores('a migration that is stopped before a statement', (openFresh) => {
  const systems = ['shop', 'tills'];
  const migrate = (world: World, signal?: AbortSignal) => world.sync({ job: 'migrate', migration: INTO_TILLS, systems }, signal);
  const apply = (world: World, signal?: AbortSignal) => world.sync({ job: 'apply', migration: INTO_TILLS, systems }, signal);
  const fill = (world: World): void => {
    world.sandbox.artix.machine.addCardGroup({ idcardgroup: 2, name: 'Бонусные' });
    seed({
      addCustomer: (fields) => ({ id: addShopClient(world, fields) }),
      addCard: (fields) => world.sandbox.virtualpos.machine.addCard(fields as never),
      earn: (id, programme, amount) => world.sandbox.virtualpos.machine.earn(id, programme, amount),
    });
  };

  it(
    'is gone on with by the same two commands',
    async () => {
      const statements = { migrate: 0, apply: 0 };
      await inWorld(await openFresh(), { config }, async (world) => {
        fill(world);
        const first = afterStatements(world.store, 0, () => undefined);
        await migrate(world);
        statements.migrate = first.count();
        const second = afterStatements(world.store, 0, () => undefined);
        await apply(world);
        statements.apply = second.count();
        expectMoved(world.sandbox, 'undisturbed');
      });
      for (const [job, total] of Object.entries(statements)) {
        for (const nth of points(total - 5, wanted)) {
          await inWorld(await openFresh(), { config }, async (world) => {
            fill(world);
            const stop = new AbortController();
            if (job === 'apply') await migrate(world);
            afterStatements(world.store, nth, () => stop.abort());
            await (job === 'apply' ? apply : migrate)(world, stop.signal);
            for (let round = 0; round < 4; round++) {
              world.clock.jump(10_000);
              await migrate(world);
              await apply(world);
              if ((await migrationSummary({ store: world.store, setup: await world.setup() }, INTO_TILLS)).complete) break;
            }
            expectMoved(world.sandbox, `${job} ${nth}`);
          });
        }
      }
    },
    30_000 + wanted * 30_000,
  );
});
