/** `sverka plan`: read and reconcile, and save what would be changed as proposed operations. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { answerOf, runJob, type ScopeOptions, scopeOf, settingsOf, withScope } from './sync.ts';

interface PlanOptions extends ScopeOptions {
  readonly dry: boolean;
  readonly list: boolean;
  readonly limit: number;
}

export function planCommand(run: Runner): Command {
  const command = withScope(new Command('plan').description('Read all systems and save what would be changed as proposed operations; nothing is sent.'))
    .option('--dry', 'keep nothing, not even what was read', false)
    .option('--list', 'only list what is proposed, held, refused or under way now', false)
    .option('--limit <n>', 'how many examples are shown', parseNumber, 20);
  return withExample(command.action(run(plan)), 'sverka plan', 'sverka plan --list --limit 50');
}

async function plan(invocation: Invocation, options: PlanOptions): Promise<Answer> {
  return withStore(invocation, { schema: 'needed', settings: settingsOf(options) }, async (session) => {
    const scope = scopeOf(options, session);
    const report = options.list ? null : await runJob(invocation, session, { job: 'plan', dry: options.dry, ...scope });
    const answer = report === null ? { code: 0 as const, data: null, text: '' } : await answerOf(report);
    if (options.dry) return answer;
    const { planList } = await import('../../console/plan.ts');
    const { toldMigration } = await import('../../console/migration.ts');
    const { planText } = await import('../output/plan.ts');
    const list = await planList(session.store.db, {
      systems: options.system,
      streams: options.stream,
      limit: options.limit,
      personal: invocation.options.showPersonal,
    });
    const shown = planText(list);
    return {
      code: answer.code,
      data: { ...(report === null ? {} : { report }), plan: { ...list, migrations: list.migrations.map(toldMigration) } },
      text: [answer.text, shown === '' && report === null ? 'nothing waits to be made' : shown].filter((text) => text !== '').join('\n\n'),
    };
  });
}
