import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { schemaLineOf } from '../../app/schema-line.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { startTrial, sverka, temporary } from './support.ts';

// Runs dist/app/cli/main.js, which the global set-up builds, as processes of their own.

const stops: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function place(): string {
  const { path, remove } = temporary();
  stops.push(remove);
  return path;
}

test('demo reconciles, is silent the second time, and leaves a configuration to play with', async () => {
  const cwd = place();
  const demo = await sverka(['demo', '--people', '40', '--seed', '2'], { cwd });
  expect(demo.stdout).toMatch(/Who gets what[\s\S]*The first sync[\s\S]*What changed where[\s\S]*The second sync[\s\S]*found nothing to do/);
  expect(demo.code, demo.stdout + demo.stderr).toBe(0);
  const config = join(cwd, 'sverka-demo', 'sverka.yaml');
  expect(statSync(join(cwd, 'sverka-demo', '.env')).mode & 0o777).toBe(0o600);
  const explained = await sverka(['client', 'explain', '1', '--config', config], { cwd });
  expect(explained.code, explained.stderr).toBe(0);
  expect(explained.stdout).toMatch(/by rule/);
  const again = await sverka(['demo', '--people', '10', '--json'], { cwd });
  expect(again.code, again.stderr).toBe(0);
  const data = JSON.parse(again.stdout) as { silent: boolean; second: RunReport; people: number };
  expect(data).toMatchObject({ silent: true, people: 10, second: { delivered: 0 } });
});

test('demo never replaces a directory that is not its own', async () => {
  const cwd = place();
  mkdirSync(join(cwd, 'mine'));
  const { code, stderr } = await sverka(['demo', '--directory', 'mine'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/was not made by the demo/);
});

test('sandbox runs until it is stopped, and its configuration works', async () => {
  const cwd = place();
  let checked: Promise<unknown> | null = null;
  const finished = await sverka(['sandbox', '--port', '0', '--people', '8', '--write', 'trial', '--artix-directory', 'exchange', '--json'], {
    cwd,
    onOut: (said, child) => {
      if (!said.includes('\n') || checked !== null) return;
      checked = sverka(['sync', '--config', 'trial/sverka.yaml', '--json'], { cwd }).then(
        ({ code, stdout, stderr }) => {
          child.kill('SIGINT');
          expect([0, 3], stdout + stderr).toContain(code);
          expect((JSON.parse(stdout) as RunReport).resolved.clients.created).toBeGreaterThan(0);
        },
        (error: unknown) => {
          child.kill('SIGINT');
          throw error;
        },
      );
    },
  });
  await checked;
  expect(finished.code, finished.stderr).toBe(0);
  const data = JSON.parse(finished.stdout) as { env: Record<string, string>; config: string; file: string };
  // The line for editors depends on where the file is.
  const written = readFileSync(data.file, 'utf8');
  expect(schemaLineOf(written)).toMatch(/^# yaml-language-server: /);
  expect(written.slice(schemaLineOf(written).length)).toBe(data.config);
  expect(existsSync(join(cwd, 'exchange'))).toBe(true);
});

test('Ctrl-C ends a run as interrupted, with what to do, and the next one goes on', async () => {
  const trial = await startTrial({ people: 20 });
  stops.push(() => trial.stop());
  const { virtualpos, artix } = trial.sandbox;
  virtualpos.faults.add({ kind: 'latency', ms: 60_000, times: Number.POSITIVE_INFINITY });
  const stopped = await sverka(['sync', '--json'], {
    cwd: trial.directory,
    onStart: async (child) => {
      for await (const _ of setInterval(20)) {
        if (artix.requests.length > 0 || child.exitCode !== null) break;
      }
      child.kill('SIGINT');
    },
  });
  const report = JSON.parse(stopped.stdout) as RunReport;
  expect(report.state).toBe('interrupted');
  expect(report.problems.at(-1)).toMatchObject({
    code: 'RUN_INTERRUPTED',
    hint: expect.stringContaining('last checkpoint'),
  });
  expect(stopped.code).toBe(1);
  virtualpos.faults.clear();
  const next = await trial.json<RunReport>('sync');
  expect(next.data.problems).toEqual([]);
  expect([0, 3]).toContain(next.code);
});

test('a closed pipe is no failure', async () => {
  const cwd = place();
  const { code } = await sverka(['help'], { cwd, onStart: (child) => child.stdout?.destroy() });
  expect(code).toBe(0);
});
