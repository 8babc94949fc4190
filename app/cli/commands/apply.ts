/** `sverka apply`: sends proposed operations. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { MigrationScope, RunReport } from '../../../pipeline/report.ts';
import type { RunRequest } from '../../../pipeline/request.ts';
import type { PlanList } from '../../console/plan.ts';
import { confirmed } from '../confirm.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { collect, parseNumber } from '../options.ts';
import { type StoreSession, withStore } from '../session.ts';
import { answerOf, runJob, scopeOf, settingsOf } from './sync.ts';

interface ApplyOptions {
  readonly system: readonly string[];
  readonly stream: readonly string[];
  readonly refused: boolean;
  readonly yes: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly show: number;
  readonly activation?: number;
  readonly code?: string;
}

export function applyCommand(run: Runner): Command {
  const command = new Command('apply')
    .description('Send proposed operations: all, or those with the given numbers, refused ones too. What changed meanwhile is not sent, but planned anew.')
    .argument('[ids...]', 'numbers of operations')
    .option('--system <name>', 'only this system (may be given several times)', collect, [])
    .option('--stream <name>', 'only this stream (may be given several times)', collect, [])
    .option('--from <system>', 'only what `migrate` proposed out of this system; with --to')
    .option('--to <system>', 'only what `migrate` proposed into this system; with --from')
    .option('--activation <n>', 'only what came of this activation of mappings', parseNumber)
    .option('--show <n>', 'after a migration: how many of the things that are not there are listed one by one', parseNumber, 20)
    .option('--refused', 'also send again what the vendors refused', false)
    .option('--code <code>', 'the SMS code that reading Lotinfo needs')
    .option('-y, --yes', 'do not ask', false);
  return withExample(
    command.action(run(apply)),
    'sverka apply',
    'sverka apply 17 18 --yes',
    'sverka apply --refused --system shop --yes',
    'sverka apply --from tills --to shop',
  );
}

function nothingToSend(options: ApplyOptions, ids: readonly number[]): string {
  if (ids.length > 0) return 'nothing with these numbers is proposed or refused: sverka plan --list';
  return options.refused ? 'nothing is proposed or refused' : 'nothing is proposed';
}

async function apply(invocation: Invocation, given: readonly string[], options: ApplyOptions): Promise<Answer> {
  const ids = given.map(parseNumber);
  return withStore(invocation, { schema: 'needed', settings: settingsOf(options) }, async (session) => {
    const scope = await requestOf(options, session);
    const list = await waitingFor(invocation, session, options, ids);
    const total = list.counts.reduce((sum, one) => sum + one.count, 0);
    if (total === 0) return { code: 0, data: { applied: 0, plan: list }, text: nothingToSend(options, ids) };
    const { planText } = await import('../output/plan.ts');
    if (!(await confirmed(invocation, planText(list), `Send ${total} operations?`, options.yes)))
      return { code: 0, data: { applied: 0, plan: list }, text: 'nothing was sent' };
    const report = await runJob(invocation, session, {
      job: 'apply',
      ...scope,
      ...(ids.length === 0 ? {} : { operations: ids }),
      ...(options.refused ? { refused: true } : {}),
      ...(options.activation === undefined ? {} : { activation: options.activation }),
      approvedBy: userInfo().username,
    });
    const answer = await answerOf(report);
    return list.migrations.length === 0 || report.state === 'interrupted' ? answer : withSummaries(session, answer, list.migrations, options.show);
  });
}

/** What the options choose. Throws `ConfigError` for names that do not exist. */
async function requestOf(options: ApplyOptions, session: StoreSession): Promise<Omit<RunRequest, 'job'>> {
  const { from, to } = options;
  if (from === undefined && to === undefined) return scopeOf({ ...options, full: false }, session);
  if (from === undefined || to === undefined || options.system.length > 0)
    throw new ConfigError('CONFIG_USAGE', '--from and --to belong together, and --system is not said beside them', {
      hint: 'Say sverka apply --from A --to B, as for sverka migrate.',
    });
  const { checkedScope } = await import('./migrate.ts');
  return { ...scopeOf({ ...options, full: false }, session), ...checkedScope({ from, to }, session) };
}

/** What is proposed, and what an earlier apply was stopped over. */
async function waitingFor(invocation: Invocation, { store }: StoreSession, options: ApplyOptions, ids: readonly number[]): Promise<PlanList> {
  const { planList } = await import('../../console/plan.ts');
  return planList(store.db, {
    systems: options.to === undefined ? options.system : [options.to],
    streams: options.stream,
    limit: 20,
    personal: invocation.options.showPersonal,
    states: options.refused || ids.length > 0 ? ['proposed', 'rejected'] : ['proposed'],
    ...(options.from === undefined ? {} : { movedFrom: options.from }),
    ...(options.activation === undefined ? {} : { activation: options.activation }),
    ...(ids.length === 0 ? { left: true } : { ids }),
  });
}

/** The answer with how the migrations stand that had a part in it. */
async function withSummaries(session: StoreSession, answer: Answer, migrations: readonly MigrationScope[], show: number): Promise<Answer> {
  const { summaryAnswer } = await import('./migrate.ts');
  const summaries = await summaryAnswer(session, migrations, show);
  return {
    code: answer.code,
    data: { ...(answer.data as RunReport), migrations: migrations.length === 1 ? [summaries.data] : summaries.data },
    text: `${answer.text}\n\n${summaries.text}`,
  };
}
