/** What a schema of one job cannot say: zones, cron lines, systems, streams and jobs that must exist, circles between jobs. */
import { parseCron } from '../core/cron.ts';
import { SverkaError } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';
import { assertZone } from '../core/zone.ts';
import type { ConnectorFacts } from './check.ts';
import type { ConfigProblem } from './problems.ts';
import type { Config } from './schema/config.ts';
import type { JobConfig } from './schema/jobs.ts';
import type { KeyPath, Source } from './source.ts';

export function checkJobs(config: Config, source: Source, connectors: ReadonlyMap<string, ConnectorFacts>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const bad = (path: KeyPath, text: string, atKey = false): void => void problems.push(source.problem(path, text, { atKey }));
  const jobs = Object.keys(config.jobs);
  for (const [name, job] of Object.entries(config.jobs)) {
    const at: KeyPath = ['jobs', name];
    const known = (one: string, list: readonly string[], what: string, path: KeyPath): void => {
      if (!list.includes(one)) bad([...at, ...path], `there is no ${what} "${one}"${suggestion(one, list) || `; known: ${list.join(', ')}`}`);
    };
    for (const [index, one] of (job.systems ?? []).entries()) known(one, Object.keys(config.systems), 'system', ['systems', index]);
    for (const [index, one] of (job.streams ?? []).entries()) known(one, streamsOf(job, config, connectors), 'stream of its systems', ['streams', index]);
    for (const [index, one] of (job.after ?? []).entries()) known(one, jobs, 'job', ['after', index]);
    const circle = circleFrom(name, config.jobs);
    if (circle !== null) bad([...at, 'after'], `the jobs wait for each other: ${circle.join(' after ')}`);
    if (job.schedule === undefined && job.after === undefined && job.trigger === undefined)
      bad(at, 'nothing ever starts this job; give it a schedule, after or a trigger', true);
    checkTimes(job, at, bad);
  }
  return problems;
}

function checkTimes(job: JobConfig, at: KeyPath, bad: (path: KeyPath, text: string, atKey?: boolean) => void): void {
  if (job.zone === undefined && (job.schedule !== undefined || job.blackout.length > 0))
    bad(at, 'a job with a schedule or a blackout needs a zone, such as Europe/Moscow', true);
  if (job.zone !== undefined && !isZone(job.zone))
    bad([...at, 'zone'], `expected an IANA time zone such as Europe/Moscow or UTC${suggestion(job.zone, Intl.supportedValuesOf('timeZone'))}`);
  if (job.schedule === undefined) return;
  try {
    parseCron(job.schedule);
  } catch (error) {
    if (!(error instanceof SverkaError)) throw error;
    bad([...at, 'schedule'], error.message);
  }
}

function isZone(name: string): boolean {
  try {
    assertZone(name);
    return true;
  } catch {
    return false;
  }
}

function streamsOf(job: JobConfig, config: Config, connectors: ReadonlyMap<string, ConnectorFacts>): readonly string[] {
  const systems = (job.systems ?? Object.keys(config.systems)).map((name) => config.systems[name]);
  return [...new Set(systems.flatMap((system) => connectors.get(system?.vendor ?? '')?.streams ?? []))];
}

/** The way from a job back to itself; null when there is none. */
function circleFrom(start: string, jobs: Readonly<Record<string, JobConfig>>): readonly string[] | null {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of jobs[way.at(-1) ?? '']?.after ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}
