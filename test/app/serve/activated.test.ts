import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../app/adapters/clock.ts';
import { shippedMappings } from '../../../app/project.ts';
import { CONNECTOR_FACTS } from '../../../app/registry.ts';
import { serve } from '../../../app/serve/serve.ts';
import { openStore } from '../../../canonical/open.ts';
import { lastRuns } from '../../../canonical/stores/runs.ts';
import { readConfigFile } from '../../../config/files.ts';
import { loadConfig } from '../../../config/load.ts';
import { startTrial } from '../../cli/support.ts';
import { QUIET } from '../../scheduler/support.ts';

test('a service that runs has an activation, and its being taken back, with the next job, and says so', async () => {
  const trial = await startTrial({ people: 6 }, (yaml) => `mappings: ./mine\njobs: { often: { trigger: { file: ./go } } }\nserve: { pollSeconds: 1 }\n${yaml}`);
  onTestFinished(() => trial.stop());
  cpSync(join(shippedMappings(), 'virtualpos'), join(trial.directory, 'mine/virtualpos'), { recursive: true });
  expect([0, 3]).toContain((await trial.run('sync')).code);
  const env = Object.fromEntries(
    readFileSync(join(trial.directory, '.env'), 'utf8')
      .split('\n')
      .flatMap((line) => (line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replace(/^['"]|['"]$/g, '')]] : [])),
  ) as Record<string, string>;
  const load = () => loadConfig(join(trial.directory, 'sverka.yaml'), { env, connectors: CONNECTOR_FACTS, readFile: readConfigFile });
  const store = await openStore({ kind: 'sqlite', file: join(trial.directory, 'sverka.db') });
  const [stop, waiting] = [new AbortController(), new Set<(message: string) => void>()];
  const said = (message: string): void => {
    for (const one of waiting) one(message);
  };
  const log = { ...QUIET, info: said, warn: said };
  const hears = (wanted: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const hear = (message: string): void => {
        if (!wanted.test(message)) return;
        waiting.delete(hear);
        resolve();
      };
      waiting.add(hear);
    });
  const serving = hears(/^serving/);
  const served = serve({ loaded: await load(), store, log, clock: systemClock, signal: stop.signal, reload: load, onReload: () => () => undefined });
  await serving;
  const sexes = async (): Promise<string> =>
    (await store.db('records').where({ stream: 'clients', system_id: 1 }).orderBy('id').select('view')).map(({ view }) => JSON.parse(view)['sex']).join();
  const job = async (word: RegExp): Promise<unknown> => {
    const heard = hears(word);
    const ended = hears(/job .*(ended|done|finished)|was executed/);
    writeFileSync(join(trial.directory, 'go'), String(Math.random()));
    await heard;
    await ended;
    const [run] = await lastRuns(store.db, 1);
    return JSON.parse(run?.counts ?? '{}').mappings;
  };
  const before = await sexes();
  const file = join(trial.directory, 'mine/virtualpos/clients.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('M: male, F: female', 'M: female, F: male'));
  expect(await job(/is not what is on the disk/)).toMatchObject({ changed: [], pending: [{ what: 'edited' }] });
  expect(await sexes()).toBe(before);
  expect((await trial.run('mapping', 'activate', '--yes')).stderr).toBe('');
  const turned = await sexes();
  expect(turned).not.toBe(before);
  expect(await job(/^mappings were activated since the last run/)).toMatchObject({ changed: [{ what: 'activated', mappings: ['shop/clients'] }], pending: [] });
  expect(await sexes()).toBe(turned);
  expect((await trial.run('mapping', 'rollback')).stderr).toBe('');
  expect(await job(/^mappings were taken back since the last run/)).toMatchObject({ changed: [{ what: 'taken back' }], pending: [{ what: 'edited' }] });
  expect(await sexes()).toBe(before);
  stop.abort();
  await served;
  await store.close();
}, 120_000);
