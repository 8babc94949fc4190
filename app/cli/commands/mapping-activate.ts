/** `sverka mapping activate`: puts the edited mappings into use. */
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { confirmed } from '../confirm.ts';
import { type EditOptions, editOptions, withEdits } from '../edits.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';

interface ActivateOptions extends EditOptions {
  readonly note?: string;
  readonly yes: boolean;
}

export function activateCommand(run: Runner): Command {
  const command = editOptions(new Command('activate'))
    .description(
      'Put the edited mappings into use. What has to be sent because of it waits until it is approved with `sverka apply`. Exit code 3: something waits.',
    )
    .option('--note <text>', 'why, for the history')
    .option('-y, --yes', 'do not ask', false);
  return withExample(command.action(run(activate)), 'sverka mapping activate', 'sverka mapping activate --system shop --note swapped-names --yes');
}

async function activate(invocation: Invocation, options: ActivateOptions): Promise<Answer> {
  return withEdits(invocation, options.system, async ({ store, setup, editions }) => {
    const { activateEditions } = await import('../../console/mapping-life.ts');
    const { activationText, waitingOf } = await import('../output/activation.ts');
    const given = { sample: null, note: options.note ?? null, examples: options.examples, personal: invocation.options.showPersonal };
    if (!options.yes && !invocation.io.inTty && !invocation.io.errTty)
      throw new ConfigError('CONFIG_USAGE', 'this has to be confirmed, and there is no terminal to ask on', {
        hint: 'Look at `sverka mapping preview`, then say --yes.',
      });
    if (!options.yes) {
      const preview = await activateEditions(store, setup, editions, { ...given, commit: false });
      if (preview.changes && !(await confirmed(invocation, activationText(preview), 'Put this into use?', false)))
        return { code: 0, data: preview, text: 'nothing was activated' };
    }
    const report = await activateEditions(store, setup, editions, { ...given, commit: true });
    const aside = report.quarantine.reduce((sum, one) => sum + one.added, 0);
    return { code: waitingOf(report) + aside + report.reviews.opened > 0 ? 3 : 0, data: report, text: activationText(report) };
  });
}
