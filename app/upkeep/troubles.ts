/** What people should be told of: failed runs, what has waited too long, systems without success. Names, codes, counts and times alone. */
import type { Store } from '../../canonical/open.ts';
import type { Trouble } from '../../canonical/stores/alerts.ts';
import { allPauses } from '../../canonical/stores/calls.ts';
import { type LastRun, lastEnded, lastSuccesses, systemsSince, type WaitingKind, waitingSince } from '../../canonical/stores/health.ts';
import type { AlertsConfig } from '../../config/schema/alerts.ts';

export interface TroubleOptions {
  readonly alerts: Pick<AlertsConfig, 'failedRuns' | 'waitingHours' | 'silentPeriods' | 'periodHours'>;
  readonly systems: readonly string[];
  /** Names of the configured jobs: one that is configured no more troubles nobody. */
  readonly jobs: readonly string[];
  /** Period of the jobs of a system in ms; null or absent: `periodHours`. */
  readonly periodMs?: (system: string) => number | null;
}

const HOUR_MS = 3_600_000;

export async function troublesNow(store: Store, options: TroubleOptions, now: number): Promise<readonly Trouble[]> {
  const { alerts } = options;
  return [
    ...(alerts.failedRuns ? (await lastEnded(store.db, options.jobs)).flatMap(failedRun) : []),
    ...(await waitingTroubles(store, alerts.waitingHours * HOUR_MS, now)),
    ...(await silentSystems(store, options, now)),
  ];
}

/** The same failure again is the same trouble: its print is which codes came from which systems. */
function failedRun({ run, covered }: LastRun): Trouble[] {
  const killed = run.state === 'interrupted' && run.ended_at === null;
  if (run.state !== 'failed' && !killed) return [];
  const problems = (run.problems === null ? [] : JSON.parse(run.problems)) as readonly { system?: string; code: string }[];
  const by = run.name === null ? `run:${run.job}${covered === '' ? '' : `:${covered}`}` : `job:${run.name}`;
  const what = run.name === null ? `${run.job}${covered === '' ? '' : ` of ${covered}`}` : `run of ${run.name}`;
  const codes = killed ? ['killed'] : [...new Set(problems.map(({ system, code }) => (system === undefined ? code : `${system} ${code}`)))].sort();
  return [
    {
      subject: by.slice(0, 190),
      print: codes.join(', ').slice(0, 190) || 'failed',
      text: `the last ${what} failed (run ${run.id}): ${codes.join(', ') || 'see its report'}. See: sverka runs ${run.id}`,
      since: run.started_at,
    },
  ];
}

const WHAT: Readonly<Record<WaitingKind, readonly [words: string, look: string]>> = {
  reviews: ['decisions wait for a person', 'sverka review list'],
  quarantine: ['records are set aside', 'sverka quarantine list'],
  proposed: ['proposed changes wait for somebody to apply them', 'sverka plan --list'],
  held: ['changes are held', 'sverka plan --list'],
  refused: ['changes were refused by a vendor for good', 'sverka plan --list'],
  unknown: ['writes without an answer could not be read back', 'sverka plan --list'],
  accepted: ['writes were taken by a vendor and never confirmed', 'sverka plan --list'],
  later: ['changes could not be sent yet', 'sverka plan --list'],
};

async function waitingTroubles(store: Store, longest: number, now: number): Promise<Trouble[]> {
  return (await waitingSince(store.db, now - longest)).map(({ kind, count, oldest }) => {
    const [words, look] = WHAT[kind];
    return {
      subject: `waiting:${kind}`,
      // Told again when there are twice as many, or half: not with each one that comes or goes.
      print: `about ${2 ** Math.round(Math.log2(count))}`,
      text: `${count} ${words} for more than ${span(longest)}, the oldest since ${when(oldest)}. See: ${look}`,
      since: oldest + longest,
    };
  });
}

async function silentSystems(store: Store, { alerts, systems, periodMs }: TroubleOptions, now: number): Promise<Trouble[]> {
  const since = await systemsSince(store.db);
  const successes = await lastSuccesses(store.db, systems);
  const pauses = await store.calls.run((trx) => allPauses(trx));
  return systems.flatMap((system) => {
    const last = successes.get(system) ?? null;
    const from = last ?? since.get(system) ?? null;
    const longest = alerts.silentPeriods * (periodMs?.(system) ?? alerts.periodHours * HOUR_MS);
    if (from === null || pauses.has(system) || now - from <= longest) return [];
    const told = last === null ? 'has never been read or written with success' : `was last read or written with success at ${when(last)}`;
    return [{ subject: `system:${system}`, print: 'silent', text: `${system} ${told}. See: sverka doctor, sverka runs`, since: from + longest }];
  });
}

const when = (utc: number): string => `${new Date(utc).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function span(ms: number): string {
  const hours = ms / HOUR_MS;
  return hours >= 48 ? `${Math.round(hours / 24)} days` : hours >= 2 ? `${Math.round(hours)} hours` : `${Math.round(hours * 60)} minutes`;
}
