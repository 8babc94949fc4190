import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SystemState } from '../../app/console/systems.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { startTrial, type Trial } from './support.ts';

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial({ people: 5 });
});
afterAll(() => trial.stop());

describe('system', () => {
  test('pause and resume hold for every command that calls vendors, and say so', { timeout: 120_000 }, async () => {
    await trial.run('sync');
    expect((await trial.run('system', 'pause', 'shop', '--note', 'upgrade of the vendor')).stdout).toMatch(/shop is paused/);
    expect((await trial.run('system', 'pause', 'shop')).stdout).toMatch(/was paused already/);
    const { data } = await trial.json<SystemState[]>('system', 'list');
    expect(data.find((one) => one.system === 'shop')?.paused).toMatchObject({ note: 'upgrade of the vendor' });
    const before = trial.sandbox.virtualpos.requests.length;
    const sync = await trial.json<RunReport>('sync');
    expect(sync.data.readings.find((reading) => reading.system === 'shop')).toMatchObject({ result: 'skipped', code: 'SYSTEM_PAUSED' });
    expect([0, 3]).toContain(sync.code);
    expect((await trial.run('sync')).stdout).toMatch(
      /shop has been paused by .* it goes on when somebody says so. Let it go on with `sverka system resume shop`/,
    );
    expect((await trial.run('doctor')).stdout).toMatch(/note +shop +not called now: shop has been paused/);
    expect(await trial.run('client', 'ask', 'shop', '--key', '1')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/SYSTEM_PAUSED[\s\S]*shop has been paused by[\s\S]*sverka system resume shop/),
    });
    expect(trial.sandbox.virtualpos.requests.length).toBe(before);
    expect((await trial.run('system', 'resume', 'shop')).stdout).toMatch(/shop goes on/);
    expect((await trial.run('system', 'resume', 'shop')).stdout).toMatch(/shop was not paused/);
    await trial.run('sync');
    expect(trial.sandbox.virtualpos.requests.length).toBeGreaterThan(before);
  });

  test('what a person asks a vendor is counted with the calls of the day, and refused in quiet hours', async () => {
    const asked = () => trial.run('client', 'ask', 'shop', '--key', '1');
    const { requests } = trial.sandbox.virtualpos;
    const all = ['"00:00", to: "12:00"', '"12:00", to: "00:00"'].map((span) => `{ from: ${span} }`);
    trial.configure((yaml) => yaml.replace('    vendor: virtualpos\n', `    vendor: virtualpos\n    quiet: [${all.join(', ')}]\n`));
    const before = requests.length;
    expect(await asked()).toMatchObject({ code: 1, stderr: expect.stringMatching(/SYSTEM_QUIET[\s\S]*Ask again after that/) });
    expect(requests.length).toBe(before);
    trial.configure((yaml) => yaml);
    trial.configure((yaml) => yaml.replace('    vendor: virtualpos\n', '    vendor: virtualpos\n    callsPerDay: 3\n'));
    for (let nth = 1; nth <= 3; nth += 1) expect((await asked()).stderr).not.toContain('SYSTEM');
    expect(await asked()).toMatchObject({ code: 1, stderr: expect.stringMatching(/SYSTEM_QUOTA[\s\S]*are used up[\s\S]*Ask again after that/) });
    expect(requests.length).toBe(before + 3);
    trial.configure((yaml) => yaml);
  });

  test('a name that is none is refused with those that are', async () => {
    const { code, stderr } = await trial.run('system', 'pause', 'shpo');
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no system "shpo"/);
  });
});

describe('alerts and prune', () => {
  test('say what is missing in the configuration, and what there is to tell', async () => {
    const missing = await trial.run('alerts', 'check');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/says nobody who is to be told/)]);
    expect((await trial.run('alerts', 'list')).stdout).toMatch(/no trouble was noticed/);
    expect((await trial.json('prune', '--dry')).data).toMatchObject({ dry: true, pruned: { runs: 0, operations: 0 } });
  });

  test('a way that does not work is an error without its address', async () => {
    trial.configure((yaml) => `${yaml}\nalerts: { webhook: { url: { env: SHOP_HOOK } } }\n`);
    const { code, stderr } = await trial.run('alerts', 'test');
    expect(code).toBe(2);
    expect(stderr).toMatch(/SHOP_HOOK is not set/);
    trial.configure((yaml) => yaml);
  });
});
