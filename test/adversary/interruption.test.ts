/** Ctrl-C and a store that goes away, at many points of a run: the next run ends where an undisturbed one does, and nothing is double. */
import { createConnection } from 'mariadb';
import { expect, it } from 'vitest';
import { addressOf } from '../../canonical/mysql-address.ts';
import type { Store } from '../../canonical/open.ts';
import { StoreError } from '../../core/errors.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { afterRequests, afterStatements, inWorld, points, settled } from './interruption-kit.ts';

describeStores('a run that is stopped', (openFresh) => {
  // SVERKA_TEST_POINTS stops at more points than fit into every run of the suite.
  const wanted = Number(process.env['SVERKA_TEST_POINTS'] ?? (openFresh.kind === 'sqlite' ? 5 : 2));

  it(
    'by a person, after any request, is made up for by the next',
    async () => {
      const undisturbed = await inWorld(await openFresh(), async (world) => {
        const count = afterRequests(world, 0, () => undefined);
        await world.sync();
        const requests = count();
        return { requests, end: await settled(world) };
      });
      for (const nth of points(undisturbed.requests, wanted)) {
        await inWorld(await openFresh(), async (world) => {
          const stop = new AbortController();
          afterRequests(world, nth, () => stop.abort());
          const report = await world.sync({}, stop.signal);
          expect([nth, report.state, ...report.problems.map(({ code }) => code)]).toEqual([nth, 'interrupted', 'RUN_INTERRUPTED']);
          expect([nth, await settled(world)]).toEqual([nth, undisturbed.end]);
        });
      }
    },
    30_000 + wanted * 15_000,
  );

  it(
    'by a person, before any statement, is made up for by the next',
    async () => {
      const undisturbed = await inWorld(await openFresh(), async (world) => {
        const counted = afterStatements(world.store, 0, () => undefined);
        await world.sync();
        const statements = counted.count();
        return { statements, end: await settled(world) };
      });
      for (const nth of points(undisturbed.statements - 5, wanted)) {
        await inWorld(await openFresh(), async (world) => {
          const stop = new AbortController();
          const counted = afterStatements(world.store, nth, () => stop.abort());
          const report = await world.sync({}, stop.signal);
          counted.end();
          expect(['interrupted', 'done']).toContain(report.state);
          expect([nth, await settled(world)]).toEqual([nth, undisturbed.end]);
        });
      }
    },
    30_000 + wanted * 15_000,
  );

  it.runIf(openFresh.kind === 'mysql')(
    'by a server that drops every connection, is made up for by the next',
    async () => {
      const undisturbed = await inWorld(await openFresh(), async (world) => {
        const counted = afterStatements(world.store, 0, () => undefined);
        await world.sync();
        const statements = counted.count();
        return { statements, end: await settled(world) };
      });
      for (const nth of points(undisturbed.statements - 5, wanted)) {
        const store = await openFresh();
        const place = openFresh.place(store);
        const url = new URL(place.kind === 'mysql' ? place.url : '');
        await inWorld(store, async (world) => {
          let killed: Promise<void> = Promise.resolve();
          const counted = afterStatements(store, nth, () => {
            killed = dropConnections(url);
          });
          const report = await world.sync().catch((error: unknown) => error);
          counted.end();
          await killed;
          if (report instanceof Error) expect([nth, report instanceof StoreError ? 'StoreError' : report.message]).toEqual([nth, 'StoreError']);
          else expect([nth, (report as RunReport).problems.map(({ code }) => code).filter((code) => !code.startsWith('STORE_'))]).toEqual([nth, []]);
          // A run that could not give its lease back is waited for until the lease runs out.
          world.clock.jump(24 * 3_600_000);
          await forgetDeadConnections(store);
          expect([nth, await settled(world)]).toEqual([nth, undisturbed.end]);
        });
      }
    },
    30_000 + wanted * 15_000,
  );
});

/** The next run is a process of its own, with connections of its own: those that were killed here must not be handed to it. */
async function forgetDeadConnections(store: Store): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 10 }, () => Promise.resolve(store.db.raw('SELECT 1')).catch(() => undefined)));
  }
}

/** Kills every connection to the database of that address; resolves when the server has none of them left. */
async function dropConnections(url: URL): Promise<void> {
  const admin = await createConnection({ ...addressOf(url.toString()), database: 'information_schema' });
  const killed = new Set<number>();
  const open = async (): Promise<number[]> => {
    const rows: { id?: bigint; ID?: bigint }[] = await admin.query('SELECT id FROM information_schema.processlist WHERE db = ?', [url.pathname.slice(1)]);
    return rows.map(({ id, ID }) => Number(id ?? ID));
  };
  try {
    for (const id of await open()) {
      killed.add(id);
      await admin.query(`KILL ${id}`).catch(() => undefined);
    }
    while ((await open()).some((id) => killed.has(id)));
  } finally {
    await admin.end();
  }
}
