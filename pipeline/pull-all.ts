/** Reads the systems of a run side by side. */
import { hasRecords } from '../canonical/stores/records.ts';
import { SverkaError } from '../core/errors.ts';
import { together } from '../core/together.ts';
import { isClosed, isClosedCode } from './closed.ts';
import { type Engine, isStopped } from './engine.ts';
import { KnownKeys } from './identity/newcomers.ts';
import { type Journal, textOf } from './journal.ts';
import { pullClosed, pullSystem } from './land/pull.ts';
import type { ReadingReport } from './report.ts';
import type { RunRequest } from './request.ts';
import type { SystemSetup } from './setup.ts';

/** Systems side by side; answers those that can be written to: one that failed is paused in this run. */
export async function pullAll(
  engine: Engine,
  request: RunRequest,
  names: ReadonlySet<string>,
  streams: ReadonlySet<string> | null,
  journal: Journal,
): Promise<Set<string>> {
  const reachable = new Set<string>();
  // Where nothing is stored yet, all there is to be mistaken for comes in this very run.
  const known = (await hasRecords(engine.store.db)) ? null : new KnownKeys();
  const options = { full: request.full === true, ...(request.since === undefined ? {} : { since: request.since }), streams, known };
  // None is left running behind a run that has ended.
  await together(
    engine.setup.systems
      .filter((system) => names.has(system.name))
      .map(async (system) => {
        const reports = await pullOne(engine, system, options, journal);
        if (reports === null) return;
        journal.readings.push(...reports);
        for (const { result, code, message, hint } of reports) {
          if (result === 'failed') journal.problems.push({ system: system.name, code: code ?? '', message: message ?? '', hint: hint ?? '' });
        }
        const failed = reports.some((report) => report.result === 'failed' && ['VENDOR_UNREACHABLE', 'VENDOR_REFUSED'].includes(report.code ?? ''));
        if (!failed && !reports.some((report) => isClosedCode(report.code))) reachable.add(system.name);
      }),
  );
  const order = engine.setup.systems.map((system) => system.name);
  journal.readings.sort((a, b) => order.indexOf(a.system) - order.indexOf(b.system));
  return reachable;
}

async function pullOne(engine: Engine, system: SystemSetup, options: Parameters<typeof pullSystem>[2], journal: Journal): Promise<ReadingReport[] | null> {
  try {
    const closed = await system.closed?.(true);
    if (closed) return pullClosed(engine, system, closed, options);
    // What a system can do may hang on what it is told when it is reached (a code that has to be asked for).
    await system.system.check(engine.setup.signal);
    return await pullSystem(engine, system, options);
  } catch (error) {
    if (isStopped(engine) || !(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name)) throw error;
    if (isClosed(error)) return pullClosed(engine, system, error, options);
    journal.problems.push({ system: system.name, ...textOf(error) });
    return null;
  }
}
