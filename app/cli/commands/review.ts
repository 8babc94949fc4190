/** `sverka review`: decisions that wait for a person. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { OpeningsView } from '../../console/openings.ts';
import type { ReviewItem, ReviewView } from '../../console/review.ts';
import { confirmed } from '../confirm.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { notFound } from './runs.ts';

export function reviewCommand(run: Runner): Command {
  const command = new Command('review').description('Decisions that wait for a person.');
  command.addCommand(
    withExample(new Command('list').description('What is asked.').option('--limit <n>', 'how many', parseNumber, 100).action(run(list)), 'sverka review list'),
  );
  command.addCommand(
    withExample(
      new Command('show')
        .description('One question, with the records side by side. Shows values of people.')
        .argument('<id>', 'number', parseNumber)
        .action(run(show)),
      'sverka review show 1',
    ),
  );
  command.addCommand(
    withExample(
      new Command('decide')
        .description('Answer a question, or one that was answered, anew; the next sync acts on it.')
        .argument('<id>', 'number', parseNumber)
        .argument('<answer>', 'one of the answers that `review show` names')
        .option('--note <text>', 'why, for those who ask later')
        .option('-y, --yes', 'do not ask before a decision is replaced', false)
        .action(run(decide)),
      'sverka review decide 1 same',
      'sverka review decide 1 different --note namesakes --yes',
    ),
  );
  return withExample(command, 'sverka review list');
}

async function list(invocation: Invocation, options: { readonly limit: number }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { reviewList } = await import('../../console/review.ts');
    const { table, when } = await import('../output/table.ts');
    const items = await reviewList(session.store, await session.setup(), options.limit);
    const rows = items.map((one) => [String(one.id), one.kind, questionText(one), recordsText(one), one.answers.join(' | '), when(one.askedAt)]);
    return {
      code: 0,
      data: items,
      text: table(['id', 'kind', 'question', 'records', 'answers', 'asked (UTC)'], rows, { maxWidth: 90 }) || 'nothing is asked',
    };
  });
}

const recordsText = (item: ReviewItem): string => item.records.map((one) => `${one.system}/${one.stream}/${one.key}`).join(', ');

function questionText(item: ReviewItem): string {
  const { question } = item;
  if (typeof question !== 'object' || question === null) return String(question);
  return Object.entries(question)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}

async function show(invocation: Invocation, id: number): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { reviewView } = await import('../../console/review.ts');
    const view = await reviewView(session.store, await session.setup(), id);
    if (view === null) throw notFound(`there is no review ${id}`);
    return { code: 0, data: view, text: await showText(view) };
  });
}

async function showText(view: ReviewView): Promise<string> {
  const { blocks, section, table, when } = await import('../output/table.ts');
  const { escapeForTerminal } = await import('../../../core/redact.ts');
  const heads = view.records.map((one) => `${one.system}/${one.key}`);
  const answer =
    view.state === 'open'
      ? `answer: ${view.answers.map((one) => `sverka review decide ${view.id} ${one}`).join('\n        ')}`
      : `${view.state}: ${view.answer ?? ''} ${view.decidedBy ?? ''}${view.state === 'decided' ? `\nanew: sverka review decide ${view.id} ANSWER (${view.answers.join(', ')})` : ''}`;
  return blocks(
    `review ${view.id}: ${view.kind}, asked ${when(view.askedAt)} UTC`,
    escapeForTerminal(questionText(view)),
    ...(view.openings === undefined
      ? [
          section(
            'Side by side',
            table(
              ['field', ...heads, ''],
              view.fields.map((one) => [one.field, ...one.values, one.same ? 'same' : '']),
              { maxWidth: 44 },
            ),
          ),
        ]
      : openingTables(view.openings, { section, table })),
    answer,
  );
}

/** Each system's opening balance, and the balance that each answer leads to. */
function openingTables({ systems, answers }: OpeningsView, { section, table }: Pick<typeof import('../output/table.ts'), 'section' | 'table'>): string[] {
  const rows = systems.map((one) => [one.system, one.opening, one.moved, one.shown]);
  return [
    section('Opening balances', table(['system', 'opened with', 'moved since', 'shows now'], rows)),
    section(
      'What each answer gives',
      table(
        ['answer', 'balance everywhere'],
        answers.map((one) => [one.answer, one.balance]),
      ),
    ),
  ];
}

interface DecideOptions {
  readonly yes: boolean;
  readonly note?: string;
}

async function decide(invocation: Invocation, id: number, answer: string, options: DecideOptions): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { reviewView } = await import('../../console/review.ts');
    const setup = await session.setup();
    const view = await reviewView(session.store, setup, id);
    if (view === null) throw notFound(`there is no review ${id}`);
    if (!view.answers.includes(answer))
      throw new ConfigError('CONFIG_USAGE', `a review of kind ${view.kind} takes ${view.answers.join(', ')}`, {
        hint: `See \`sverka review show ${id}\`.`,
      });
    const { decideReview } = await import('../../../pipeline/review.ts');
    if (view.state === 'decided') {
      const before = `review ${id} was decided: ${view.answer ?? ''}, by ${view.decidedBy ?? ''}. What was done since is changed by the next sync where it can be.`;
      const sure = await confirmed(invocation, before, `Decide ${answer} instead?`, options.yes);
      if (!sure) return { code: 0, data: { id, answer: view.answer }, text: 'nothing was decided' };
    }
    await decideReview(session.store, setup, id, answer, userInfo().username, options.note ?? null);
    return { code: 0, data: { id, answer }, text: `review ${id}: ${answer}. The next \`sverka sync\` acts on it.` };
  });
}
