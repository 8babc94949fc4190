/** `sverka bonus`: points. These commands show values. */
import { Command } from 'commander';
import type { JournalView } from '../../console/journal.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { checkScope, collect } from '../options.ts';
import { withStore } from '../session.ts';

export function bonusCommand(run: Runner): Command {
  const command = new Command('bonus').description('Points of one card (these commands show values of people).');
  command.addCommand(
    withExample(
      new Command('journal')
        .description('What the vendor itself booked on the account of a card, the newest first, and which of it was sent by us.')
        .argument('<card>', 'number of the card')
        .option('--system <name>', 'only this system (may be given several times)', collect, [])
        .action(run(journal)),
      'sverka bonus journal 2000000000015 --system tills',
    ),
  );
  return withExample(command, 'sverka bonus journal 2000000000015');
}

async function journal(invocation: Invocation, card: string, options: { readonly system: readonly string[] }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    checkScope(options.system, [], session.loaded.config);
    const { journalsOf } = await import('../../console/journal.ts');
    const views = await journalsOf(session.store, await session.setup(), card, options.system);
    const texts = await Promise.all(views.map(textOf));
    return { code: views.some(({ entries }) => entries.length > 0) ? 0 : 1, data: views, text: texts.join('\n\n') };
  });
}

async function textOf({ system, entries, sum, balance, apart }: JournalView): Promise<string> {
  const { count, table, when } = await import('../output/table.ts');
  if (entries.length === 0) return `${system}: nothing is booked on this card`;
  const rows = entries.map(({ at, type, delta, state, ours, id }) => [
    when(at),
    type,
    delta === null ? '?' : points(delta),
    state,
    ours === null ? '' : `operation ${ours}`,
    id,
  ]);
  const total =
    sum === null || balance === null
      ? ''
      : sum === balance
        ? `\nthey come to the balance, ${points(balance)}`
        : `\nthey come to ${points(sum)}, the balance is ${points(balance)}`;
  const others = apart.map(
    (one) => `\nnot counted: ${count(one.count, 'entry', 'entries')} ${one.state || 'without a state'}${one.sum === null ? '' : `, ${points(one.sum)}`}`,
  );
  return `${system}\n${table(['time', 'type', 'points', 'state', 'sent by us', 'key'], rows)}${total}${others.join('')}`;
}

const points = (minor: number): string => `${minor < 0 ? '-' : ''}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, '0')}`;
