/** `sverka mapping upgrade`: what an upgrade of Sverka changed in the shipped mappings, and how it goes into the operator's own. */
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { OF_STREAM, streamScope } from '../options.ts';
import { withStore } from '../session.ts';

interface Options {
  readonly write: boolean;
  readonly taken: boolean;
}

export function upgradeCommand(run: Runner): Command {
  const command = new Command('upgrade')
    .description(
      'What is newer in the mappings shipped with this Sverka than in those that are in use. Where you edited a file: the difference three ways, and what is new merged into it with --write. Nothing of it counts before it is activated. Exit code 3: something is offered.',
    )
    .argument(...OF_STREAM)
    .option('--write', 'merge what is new into your files, where nothing conflicts', false)
    .option('--taken', 'note in the file that you have seen what is new, and that the file is as it shall be', false);
  return withExample(command.action(run(upgrade)), 'sverka mapping upgrade', 'sverka mapping upgrade shop/clients --write');
}

async function upgrade(invocation: Invocation, of: string | undefined, { write, taken }: Options): Promise<Answer> {
  if (write && taken) throw new ConfigError('CONFIG_USAGE', '--write merges what is new, --taken leaves the file as it is: say one of them');
  if (taken && of === undefined)
    throw new ConfigError('CONFIG_USAGE', '--taken is said of one mapping', { hint: 'sverka mapping upgrade SYSTEM/STREAM --taken' });
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store }) => {
    const [{ upgrades }, { upgradesText }] = await Promise.all([import('../../console/mapping-upgrade.ts'), import('../output/mapping-upgrade.ts')]);
    const action = write ? 'write' : taken ? 'taken' : 'show';
    const found = await upgrades(store, loaded, { ...streamScope(of, loaded.config), action });
    const left = found.some((one) => !one.written);
    return { code: left ? 3 : 0, data: found, text: upgradesText(found, action) };
  });
}
