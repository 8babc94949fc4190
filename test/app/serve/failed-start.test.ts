/** A job that fails before its run has begun is told of like any other. Taken out once (`noteFailure`), the test here failed. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runText } from '../../../app/cli/output/run.ts';
import { jobsNow } from '../../../app/console/jobs.ts';
import { summaryOf } from '../../../app/console/runs.ts';
import { CONNECTOR_FACTS } from '../../../app/registry.ts';
import { executor } from '../../../app/scheduler/execute.ts';
import { jobsOf } from '../../../app/scheduler/job.ts';
import { troublesNow } from '../../../app/upkeep/troubles.ts';
import { lastRuns } from '../../../canonical/stores/runs.ts';
import { type LoadedConfig, loadConfig } from '../../../config/load.ts';
import { alertsSchema } from '../../../config/schema/alerts.ts';
import { QUIET, SimulatedTime } from '../../scheduler/support.ts';
import { describeStores } from '../../support/stores.ts';

const yaml = (own: string): string => `
mappings: ${own}
store: { sqlite: ./x.db }
systems:
  tills:
    vendor: artix
    settings: { rest: { url: "http://127.0.0.1:9/CSrest/rest/", auth: false } }
jobs: { nightly: { schedule: "0 3 * * *", zone: Europe/Moscow } }
`;

const load = (own: string): Promise<LoadedConfig> =>
  loadConfig('/nowhere/sverka.yaml', {
    env: {},
    connectors: CONNECTOR_FACTS,
    readFile: async (path) => (path === '/nowhere/sverka.yaml' ? { text: yaml(own), mode: 0o600 } : null),
  });

describeStores('a job that cannot begin', (openFresh) => {
  it('is a failed run, and people are told of it', async () => {
    const store = await openFresh();
    // A directory where a mapping should be.
    const own = mkdtempSync(join(tmpdir(), 'sverka-own-'));
    mkdirSync(join(own, 'artix', 'clients.yaml'), { recursive: true });
    const loaded = await load(own);
    const { clock } = new SimulatedTime('2026-03-01T00:00:00Z');
    const never = new AbortController().signal;
    const execute = executor({ store, log: QUIET, clock, config: () => loaded, stopping: never, signal: never });
    const [job] = jobsOf(loaded);
    if (job === undefined) throw new Error('no job');
    const ending = await execute({ job, due: clock.now(), lease: { name: 'job:nightly', token: 1 } });
    expect(ending).toMatchObject({ kind: 'failed', runId: expect.any(Number) });
    const alerts = alertsSchema.parse({ webhook: { url: 'http://127.0.0.1:9/' } });
    const troubles = await troublesNow(store, { alerts, systems: ['tills'], jobs: ['nightly'] }, clock.now());
    expect(troubles).toMatchObject([
      { subject: 'job:nightly', text: expect.stringMatching(/the last run of nightly failed \(run \d+\): [A-Z_]+\. See: sverka runs/) },
    ]);
    const [row] = await lastRuns(store.db, 1);
    if (row === undefined) throw new Error('no run');
    expect(runText(summaryOf(row))).toMatch(/clients\.yaml cannot be read/);
    expect(await jobsNow(store.db, loaded, clock.now())).toHaveLength(1);
  });
});
