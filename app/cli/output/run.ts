/** One run as it was kept: what was asked for, when, and its report. */
import { NOTHING_WAITS, type RunReport } from '../../../pipeline/report.ts';
import type { RunRequest } from '../../../pipeline/request.ts';
import type { RunSummary } from '../../console/runs.ts';
import { reportText } from './report.ts';
import { blocks, count, seconds, section, table, when } from './table.ts';

export function runText(run: RunSummary): string {
  const scope = (run.scope ?? {}) as Partial<RunRequest>;
  const { startedAt, endedAt } = run;
  const rows: [string, string][] = [
    ['job', `${run.name === null ? '' : `${run.name}: `}${run.job}${scope.dry === true ? ' --dry' : ''}`],
    ...(run.dueAt === null ? [] : [['due (UTC)', when(run.dueAt)] as [string, string]]),
    ['state', `${run.state}${run.acknowledged ? ', acknowledged' : ''}`],
    ['began (UTC)', when(startedAt)],
    ['ended (UTC)', endedAt === null ? endless(run.state) : `${when(endedAt)}, after ${seconds(endedAt - startedAt)}`],
    ...scopeRows(scope),
  ];
  const head = section(`Run ${run.id}`, table(['', ''], rows, { right: [], maxWidth: 100 }).split('\n').slice(1).join('\n'));
  const report = reportOf(run, scope);
  if (run.state === 'skipped') return blocks(head, skipText(run));
  return blocks(head, report === null ? countsText(run.counts) : reportText(report), report === null ? problemsText(run) : null);
}

const endless = (state: string): string => (state === 'running' ? 'it is at work' : 'unknown: its process ended without a word');

function scopeRows(scope: Partial<RunRequest>): [string, string][] {
  const { systems, streams, full, since, operations, refused, migration, approvedBy } = scope;
  return [
    ...(systems === undefined ? [] : [['systems', systems.join(', ')] as [string, string]]),
    ...(streams === undefined ? [] : [['streams', streams.join(', ')] as [string, string]]),
    ...(migration === undefined ? [] : [['migration', `from ${migration.from} to ${migration.to}`] as [string, string]]),
    ...(full === true ? [['read', 'whole snapshots'] as [string, string]] : []),
    ...(since === undefined ? [] : [['read since (UTC)', when(since)] as [string, string]]),
    ...(operations === undefined
      ? []
      : [['operations', operations.length > 20 ? count(operations.length, 'operation') : operations.join(', ')] as [string, string]]),
    ...(refused === true ? [['refused writes', 'sent again'] as [string, string]] : []),
    ...(approvedBy === undefined ? [] : [['approved by', approvedBy] as [string, string]]),
  ];
}

/** The report of a run that ended by itself; another kind of work, or one cut off, has none. */
function reportOf(run: RunSummary, scope: Partial<RunRequest>): RunReport | null {
  const kept = (run.counts ?? {}) as Partial<RunReport>;
  const { readings, resolved, operations, waiting, delivered, mappings } = kept;
  if (
    readings === undefined ||
    resolved === undefined ||
    operations === undefined ||
    run.endedAt === null ||
    run.state === 'running' ||
    run.state === 'skipped'
  )
    return null;
  return {
    runId: run.id,
    job: run.job,
    dry: scope.dry === true,
    state: run.state,
    ms: run.endedAt - run.startedAt,
    readings,
    resolved,
    operations,
    waiting: { ...NOTHING_WAITS, ...waiting },
    delivered: delivered ?? 0,
    mappings: { activated: [], changed: [], pending: [], ...mappings },
    problems: run.problems as RunReport['problems'],
  };
}

/** Why a job was not executed, how often, and when last. */
function skipText(run: RunSummary): string {
  const { skipped = 0, last } = run.counts as { readonly skipped?: number; readonly last?: number };
  const [problem] = run.problems as readonly { readonly message: string; readonly hint: string }[];
  return `${count(skipped, 'time')} skipped, the last ${when(last)}: ${problem?.message ?? ''}\n${problem?.hint ?? ''}`;
}

/** Why a run failed that has no report: it could not begin. */
function problemsText({ problems }: RunSummary): string {
  const all = problems as readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  return section('Problems', all.map(({ code, message, hint }) => `${code}: ${message}\n${hint}`).join('\n'));
}

function countsText(counts: unknown): string {
  const rows = Object.entries((counts ?? {}) as Record<string, unknown>).map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]);
  return table(['what', 'count'], rows);
}
