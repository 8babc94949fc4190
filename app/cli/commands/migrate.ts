/** `sverka migrate`: proposes a one-off move of what one system holds into another. `sverka apply` makes it. */
import { Command, Option } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { MigrationScope } from '../../../pipeline/report.ts';
import type { FilterCondition } from '../../../pipeline/setup.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { checkScope, parseNumber } from '../options.ts';
import { type StoreSession, withStore } from '../session.ts';
import { collectWhere } from '../where.ts';
import { exitOf, runJob, settingsOf } from './sync.ts';

interface MigrateOptions {
  readonly from: string;
  readonly to: string;
  readonly where: readonly FilterCondition[];
  readonly limit?: number;
  readonly values?: 'source' | 'policies';
  readonly full: boolean;
  readonly dry: boolean;
  readonly summary: boolean;
  readonly show: number;
  readonly code?: string;
}

export function migrateCommand(run: Runner): Command {
  const command = new Command('migrate')
    .description(
      'Move what one system holds into another, once: clients, then their cards, then their points. Reads both, matches, and proposes what is to be done; `sverka apply --from A --to B` does it.',
    )
    .requiredOption('--from <system>', 'the system that has it')
    .requiredOption('--to <system>', 'the system that is to have it')
    .option('--where <condition>', 'only clients with field=value, field!=, field= or "field in a,b" (several: all must hold)', collectWhere, [])
    .option('--limit <n>', 'at most so many clients for whom there is something to do', parseNumber)
    .addOption(
      new Option(
        '--values <whose>',
        'what the target gets where it has something otherwise: the values of the source, or those that count by the policies (source, unless said)',
      ).choices(['source', 'policies']),
    )
    .option('--full', 'whole snapshots, even where changes could be asked for', false)
    .option('--dry', 'keep nothing, not even what was read', false)
    .option('--summary', 'read nothing: only compare both sides as they were read last', false)
    .option('--show <n>', 'how many of the things that are not there are listed one by one', parseNumber, 20)
    .option('--code <code>', 'the SMS code that reading Lotinfo needs');
  return withExample(
    command.action(run(migrate)),
    'sverka migrate --from tills --to shop',
    'sverka migrate --from tills --to shop --where type=person --where phone!= --limit 100',
    'sverka migrate --from tills --to shop --values policies --dry',
    'sverka migrate --from tills --to shop --summary',
  );
}

async function migrate(invocation: Invocation, options: MigrateOptions): Promise<Answer> {
  if (options.limit === 0) throw new ConfigError('CONFIG_USAGE', '--limit is at least 1', { hint: 'Leave it out to move everybody.' });
  return withStore(invocation, { schema: 'needed', settings: settingsOf(options) }, async (session) => {
    const { migration, systems } = checkedScope(options, session);
    if (options.summary) return summaryAnswer(session, [await scopeAsAsked(session, migration)], options.show);
    const report = await runJob(invocation, session, { job: 'migrate', dry: options.dry, systems, migration, ...(options.full ? { full: true } : {}) });
    const { reportText } = await import('../output/report.ts');
    const { previewText, nextText } = await import('../output/migration.ts');
    const { blocks } = await import('../output/table.ts');
    const { migration: preview } = report;
    const next = preview === undefined || options.dry ? '' : nextText(report, invocation.options.config);
    return { code: exitOf(report), data: report, text: blocks(preview === undefined ? '' : previewText(preview), reportText(report), next) };
  });
}

/** Throws `ConfigError` for systems that are not there, or into which nothing can be moved. */
export function checkedScope(
  options: {
    readonly from: string;
    readonly to: string;
    readonly where?: readonly FilterCondition[];
    readonly limit?: number;
    readonly values?: 'source' | 'policies';
  },
  { loaded }: StoreSession,
): { readonly migration: MigrationScope; readonly systems: readonly string[] } {
  const { from, to, where = [], limit, values } = options;
  checkScope([from, to], [], loaded.config);
  if (from === to) throw new ConfigError('CONFIG_USAGE', '--from and --to name the same system', { hint: 'A migration goes from one system into another.' });
  if (loaded.config.systems[to]?.streams['clients']?.push === 'off')
    throw new ConfigError('CONFIG_USAGE', `${to} is not to be written to: its stream clients says push: off`, {
      hint: `Say push: plan for the streams of ${to} that are to be filled.`,
    });
  if (loaded.config.systems[from]?.streams['clients']?.pull === 'off')
    throw new ConfigError('CONFIG_USAGE', `${from} is not to be read: its stream clients says pull: off`, { hint: `Say pull: on for the streams of ${from}.` });
  const migration: MigrationScope = {
    from,
    to,
    ...(where.length === 0 ? {} : { where }),
    ...(limit === undefined ? {} : { limit }),
    ...(values === undefined ? {} : { values }),
  };
  return { migration, systems: [from, to] };
}

/** With what the last `migrate` between the two asked for, where nothing else is asked for now: a summary looks at the same clients. */
async function scopeAsAsked({ store }: StoreSession, migration: MigrationScope): Promise<MigrationScope> {
  if (migration.where !== undefined || migration.values !== undefined) return migration;
  const { lastMigration } = await import('../../console/migration.ts');
  return (await lastMigration(store.db, migration.from, migration.to)) ?? migration;
}

/** How migrations stand, side by side; 3 where something is not there yet. */
export async function summaryAnswer(session: StoreSession, scopes: readonly MigrationScope[], show: number): Promise<Answer> {
  const { migrationSummary } = await import('../../../pipeline/migrate/summary.ts');
  const { summaryText } = await import('../output/migration.ts');
  const setup = await session.setup();
  const summaries = [];
  for (const scope of scopes) summaries.push(await migrationSummary({ store: session.store, setup }, scope));
  return {
    code: summaries.every((one) => one.complete) ? 0 : 3,
    data: summaries.length === 1 ? summaries[0] : summaries,
    text: summaries.map((one) => summaryText(one, show)).join('\n\n'),
  };
}
