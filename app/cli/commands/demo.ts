/** `sverka demo`: the main job on made-up vendors: sync, look, sync again, nothing left to do. */
import { rm } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { RunReport } from '../../../pipeline/report.ts';
import type { RunningSandbox } from '../../../sandbox/index.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { sandboxConfig } from '../sandbox-config.ts';
import { exists, makeDirectory, writePrivate } from '../write-file.ts';
import { aborted, writeConfig } from './sandbox.ts';

interface DemoOptions {
  readonly people: number;
  readonly seed: number;
  readonly directory: string;
  readonly stay: boolean;
}

export function demoCommand(run: Runner): Command {
  const command = new Command('demo')
    .description('Fill four made-up vendors with overlapping people, reconcile them, and show that a second sync finds nothing to do.')
    .option('--people <n>', 'how many people', parseNumber, 1000)
    .option('--seed <n>', 'other people with another seed', parseNumber, 1)
    .option('--directory <directory>', 'where configuration and database are left', './sverka-demo')
    .option('--stay', 'leave the vendors running until Ctrl-C', false);
  return withExample(command.action(run(demo)), 'sverka demo', 'sverka demo --people 200 --seed 7 --stay');
}

/** Marks a directory as the demo's own: nothing else is ever replaced. */
const MARK = '.sverka-demo';

async function demo(invocation: Invocation, options: DemoOptions): Promise<Answer> {
  const { io } = invocation;
  const say = (text: string): void => (invocation.options.json ? io.err : io.out)(`${text}\n`);
  const directory = resolve(options.directory);
  await freshDirectory(directory);
  const { startSandbox } = await import('../../../sandbox/index.ts');
  const sandbox = await startSandbox({ people: options.people, seed: options.seed });
  try {
    const { yaml, env } = sandboxConfig(sandbox);
    const file = await writeConfig(directory, yaml, env, true);
    say(`Four made-up vendors are up, with ${options.people} people spread over them. The configuration, ${relative(process.cwd(), file)}:\n\n${yaml}`);
    const inner: Invocation = { ...invocation, options: { ...invocation.options, config: file } };
    const [first, second] = await twoSyncs(inner, say);
    const { isSilent } = await import('../output/report.ts');
    const silent = isSilent(second);
    say(silent ? '\nThe second sync found nothing to do: no write to a vendor, no canonical change.' : '\nThe second sync was not silent.');
    say(playOn(file, options));
    if (options.stay && !invocation.signal.aborted) {
      say('The vendors stay up until Ctrl-C.');
      await aborted(invocation.signal);
    }
    return {
      code: silent && first.state !== 'failed' && first.state !== 'interrupted' ? 0 : 1,
      data: {
        directory,
        config: file,
        people: options.people,
        seed: options.seed,
        vendors: vendorsOf(sandbox),
        first,
        second,
        silent,
      },
      text: '',
    };
  } finally {
    await sandbox.stop();
  }
}

async function twoSyncs(invocation: Invocation, say: (text: string) => void): Promise<readonly [RunReport, RunReport]> {
  const [{ runJob }, { withStore }, { reportText }, { checkSystems }, { table }] = await Promise.all([
    import('./sync.ts'),
    import('../session.ts'),
    import('../output/report.ts'),
    import('../../console/doctor.ts'),
    import('../output/table.ts'),
  ]);
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { loaded, log, store } = session;
    const who = await checkSystems({ loaded, log, signal: invocation.signal, scrub: (text) => text, ask: async () => null }, store);
    say(
      `Who gets what:\n${table(
        ['system', 'stream', 'pull', 'push', 'create', 'update', 'delete', 'the vendor can'],
        who.table.map((row) => [row.system, row.stream, row.pull, row.push, row.create, row.update, row.delete, row.able]),
      )}\n`,
    );
    const first = await runJob(invocation, session, { job: 'sync' });
    say(`\nThe first sync\n\n${reportText(first)}\n`);
    if (first.state === 'interrupted') return [first, first];
    const second = await runJob(invocation, session, { job: 'sync' });
    say(`\nThe second sync\n\n${reportText(second)}`);
    return [first, second];
  });
}

/** A directory of an earlier demo is emptied of its database; one with other things is refused. */
async function freshDirectory(directory: string): Promise<void> {
  const mark = join(directory, MARK);
  if ((await exists(directory)) && !(await exists(mark))) {
    throw new ConfigError('CONFIG_USAGE', `${directory} exists and was not made by the demo`, {
      hint: 'Say --directory for another place.',
    });
  }
  await makeDirectory(directory);
  await writePrivate(mark, 'Made by `sverka demo`, which replaces what is here.\n', { replace: true });
  for (const name of ['sverka.db', 'sverka.db-wal', 'sverka.db-shm', 'sverka.db-journal']) await rm(join(directory, name), { force: true });
}

function vendorsOf(sandbox: RunningSandbox): Record<string, string> {
  return {
    virtualpos: sandbox.virtualpos.url,
    artix: sandbox.artix.url,
    lotinfo: sandbox.lotinfo.url,
    vodyanoy: sandbox.vodyanoy.url,
  };
}

function playOn(file: string, options: DemoOptions): string {
  const script = process.argv[1] ?? 'sverka';
  const sverka = basename(script) === 'sverka' ? 'sverka' : `node ${relative(process.cwd(), script)}`;
  const config = `--config ${relative(process.cwd(), file)}`;
  return [
    '',
    'Play on:',
    `  ${sverka} status ${config}`,
    `  ${sverka} client explain 1 ${config}`,
    `  ${sverka} review list ${config}`,
    `  ${sverka} plan --list ${config}`,
    `  ${sverka} runs ${config}`,
    options.stay
      ? `  change something at a vendor or in ${relative(process.cwd(), file)}, then: ${sverka} sync ${config}`
      : `  with the vendors left running for further syncs: ${sverka} demo --stay`,
  ].join('\n');
}
