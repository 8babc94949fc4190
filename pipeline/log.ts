/** The lines of a run's log: ids, names, counts and times; never a value of a person. The number of the run is added to each. */
import type { LogFacts } from '../core/context.ts';
import type { Engine } from './engine.ts';
import type { ReadingReport, RunReport } from './report.ts';
import type { RunRequest } from './request.ts';

/** Counts as facts, without those that are zero. */
export function present(counts: Readonly<Record<string, number>>): LogFacts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

export function logBegin({ setup }: Engine, request: RunRequest): void {
  setup.log.info('run begins', {
    job: request.job,
    dry: request.dry === true,
    full: request.full === true,
    systems: request.systems?.join(' '),
    streams: request.streams?.join(' '),
    since: request.since,
    operations: request.operations?.length,
  });
}

export function logEnd({ setup }: Engine, report: RunReport): void {
  const { job, state, ms, delivered, waiting, problems } = report;
  for (const { system, code, message } of problems) setup.log.info('problem', { system, code, what: message });
  setup.log.info('run ended', { job, state, ms, delivered, problems: problems.length, ...present({ ...waiting }) });
}

/** One line for each stream that a reading carries. */
export function logReading({ setup }: Engine, report: ReadingReport): void {
  const { system, reading, result, ms, code } = report;
  for (const [stream, counts] of Object.entries(report.streams)) setup.log.info('read', { system, reading, stream, result, code, ms, ...counts });
}
