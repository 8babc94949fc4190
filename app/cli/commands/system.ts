/** `sverka system`: which systems are called, and which are not for a time. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { checkScope } from '../options.ts';
import { withStore } from '../session.ts';

export function systemCommand(run: Runner): Command {
  const command = new Command('system').description('Which systems are called now; pause one, and let it go on.');
  command.addCommand(
    withExample(
      new Command('list').description('Every system: paused, quiet, its limits and how much of them is used.').action(run(list)),
      'sverka system list',
      'sverka system list --json',
    ),
  );
  command.addCommand(
    withExample(
      new Command('pause')
        .description('Call these systems no more, in any process, until they are resumed. Calls under way end by themselves.')
        .argument('<name...>', 'systems')
        .option('--note <text>', 'why, for those who find it paused')
        .action(run(pause)),
      'sverka system pause shop --note "the vendor is being upgraded"',
    ),
  );
  command.addCommand(
    withExample(
      new Command('resume')
        .description('Let paused systems go on; the next run reads them from where they stopped.')
        .argument('<name...>', 'systems')
        .action(run(resume)),
      'sverka system resume shop',
    ),
  );
  return withExample(command, 'sverka system list');
}

async function list(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store }) => {
    const [{ systemStates }, { systemsText }, { systemClock }] = await Promise.all([
      import('../../console/systems.ts'),
      import('../output/systems.ts'),
      import('../../adapters/clock.ts'),
    ]);
    const states = await systemStates(loaded, store, systemClock.now());
    return { code: 0, data: states, text: systemsText(states) };
  });
}

async function pause(invocation: Invocation, names: readonly string[], options: { readonly note?: string }): Promise<Answer> {
  const { systemClock } = await import('../../adapters/clock.ts');
  return change(invocation, names, { at: systemClock.now(), by: userInfo().username, note: options.note ?? null });
}

function resume(invocation: Invocation, names: readonly string[]): Promise<Answer> {
  return change(invocation, names, null);
}

async function change(invocation: Invocation, names: readonly string[], pauseOf: { at: number; by: string; note: string | null } | null): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store }) => {
    const { pauseSystems } = await import('../../console/systems.ts');
    checkScope(names, [], loaded.config);
    const changed = await pauseSystems(store, names, pauseOf);
    const lines = names.map((name) => {
      if (pauseOf === null) return changed.includes(name) ? `${name} goes on; the next run calls it` : `${name} was not paused`;
      return changed.includes(name)
        ? `${name} is paused: within a second or two no process calls it any more; \`sverka system resume ${name}\` lets it go on`
        : `${name} was paused already`;
    });
    return { code: 0, data: { changed }, text: lines.join('\n') };
  });
}
