import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { RunReport } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { startTrial, type Trial } from './support.ts';

let trial: Trial | null = null;
afterEach(async () => {
  await trial?.stop();
  trial = null;
});

describeStores('the command line', (openFresh) => {
  test('checks the store, makes its tables, syncs, and finds nothing to do the second time', async () => {
    const store = await openFresh({ schema: false });
    const place = openFresh.place(store);
    const text = place.kind === 'sqlite' ? `sqlite: ${place.file}` : 'mysql:\n    url: { env: SVERKA_MYSQL_URL }';
    trial = await startTrial({ people: 10 }, (yaml) => yaml.replace('sqlite: ./sverka.db', text));
    if (place.kind === 'mysql') appendFileSync(join(trial.directory, '.env'), `SVERKA_MYSQL_URL=${place.url}\n`);

    const doctor = await trial.json<{ checks: { what: string; state: string; detail: string }[] }>('doctor');
    expect(doctor.code, doctor.stderr).toBe(0);
    const detail = (what: string): string | undefined => doctor.data.checks.find((check) => check.what === what)?.detail;
    expect(detail('store')).toMatch(place.kind === 'sqlite' ? /^SQLite/ : /^(mariadb|mysql) \d/);
    expect(detail('schema')).toMatch(/empty/);

    const first = await trial.json<RunReport>('sync');
    expect(first.data.problems).toEqual([]);
    expect(first.data.delivered).toBeGreaterThan(0);
    const second = await trial.json<RunReport>('sync');
    expect(second.data).toMatchObject({ delivered: 0, resolved: { clients: { created: 0, changed: 0 } } });
    expect([0, 3]).toContain(second.code);
    expect((await trial.json('schema', 'status')).data).toMatchObject({ state: 'current' });
    expect((await trial.run('client', 'explain', '1')).stdout).toMatch(/by rule/);
  });
});

test('a database that is down: a clear error without its password, exit 1', async () => {
  trial = await startTrial({ people: 1 }, (yaml) => yaml.replace('sqlite: ./sverka.db', 'mysql:\n    url: { env: SVERKA_MYSQL_URL }'));
  appendFileSync(join(trial.directory, '.env'), 'SVERKA_MYSQL_URL=mysql://sverka:pass-of-the-database@127.0.0.1:9/sverka\n');
  const { code, stderr, stdout } = await trial.run('sync');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^STORE_UNREACHABLE[\s\S]*last checkpoint/);
  expect(stdout + stderr).not.toContain('pass-of-the-database');
});
