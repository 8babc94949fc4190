/** `sverka apply`: sends proposed operations. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { collect, parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { answerOf, runJob, scopeOf, settingsOf } from './sync.ts';

interface ApplyOptions {
  readonly system: readonly string[];
  readonly stream: readonly string[];
  readonly refused: boolean;
  readonly yes: boolean;
  readonly code?: string;
}

export function applyCommand(run: Runner): Command {
  const command = new Command('apply')
    .description('Send proposed operations: all, or those with the given numbers, refused ones too. What changed meanwhile is not sent, but planned anew.')
    .argument('[ids...]', 'numbers of operations')
    .option('--system <name>', 'only this system (may be given several times)', collect, [])
    .option('--stream <name>', 'only this stream (may be given several times)', collect, [])
    .option('--refused', 'also send again what the vendors refused', false)
    .option('--code <code>', 'the SMS code that reading Lotinfo needs')
    .option('-y, --yes', 'do not ask', false);
  return withExample(command.action(run(apply)), 'sverka apply', 'sverka apply 17 18 --yes', 'sverka apply --refused --system shop --yes');
}

async function apply(invocation: Invocation, given: readonly string[], options: ApplyOptions): Promise<Answer> {
  const ids = given.map(parseNumber);
  return withStore(invocation, { schema: 'needed', settings: settingsOf(options) }, async (session) => {
    const { planList } = await import('../../console/plan.ts');
    const { planText } = await import('../output/plan.ts');
    const scope = await scopeOf({ ...options, full: false }, session);
    const wanted = {
      systems: options.system,
      streams: options.stream,
      limit: 20,
      personal: invocation.options.showPersonal,
      states: options.refused || ids.length > 0 ? (['proposed', 'rejected'] as const) : (['proposed'] as const),
    };
    const list = await planList(session.store.db, ids.length === 0 ? wanted : { ...wanted, ids });
    const total = list.counts.reduce((sum, one) => sum + one.count, 0);
    if (total === 0)
      return { code: 0, data: { applied: 0, plan: list }, text: options.refused || ids.length > 0 ? 'nothing is proposed or refused' : 'nothing is proposed' };
    if (!options.yes) {
      invocation.io.err(`${planText(list)}\n\n`);
      const answer = await invocation.io.ask(`Send ${total} operations? [y/N] `);
      if (answer === null)
        throw new ConfigError('CONFIG_USAGE', `${total} operations would be sent, and there is no terminal to ask on`, {
          hint: 'Say --yes.',
        });
      if (!/^(y|yes|д|да)$/i.test(answer.trim())) return { code: 0, data: { applied: 0, plan: list }, text: 'nothing was sent' };
    }
    const report = await runJob(invocation, session, {
      job: 'apply',
      ...scope,
      ...(ids.length === 0 ? {} : { operations: ids }),
      ...(options.refused ? { refused: true } : {}),
      approvedBy: userInfo().username,
    });
    return answerOf(report);
  });
}
