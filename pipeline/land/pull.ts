/** Pulls the readings of a system and lands what they bring; a system that fails is left, what was landed stands. */
import { operationsInState } from '../../canonical/stores/operations.ts';
import { type CheckpointRow, checkpointOf } from '../../canonical/stores/progress.ts';
import { closeUnkeyed } from '../../canonical/stores/quarantine.ts';
import { hasRecords } from '../../canonical/stores/records.ts';
import type { Batch, Json, PullRequest, Reading } from '../../core/contract.ts';
import { SverkaError } from '../../core/errors.ts';
import { type Closed, isClosed } from '../closed.ts';
import { type Engine, effect, goOn, isStopped } from '../engine.ts';
import type { KnownKeys } from '../identity/newcomers.ts';
import { logReading } from '../log.ts';
import { emptyCounts, type FacetTrouble, type ReadingReport, type StreamCounts } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { readFacets } from './facets.ts';
import { gather, sizeOf } from './gather.ts';
import { recogniseIn } from './land.ts';
import { LandingLine } from './line.ts';
import { settleMissing } from './missing.ts';
import { type LandingPass, landingPass } from './pass.ts';

export interface PullOptions {
  readonly full: boolean;
  readonly since?: number;
  readonly streams: ReadonlySet<string> | null;
  /** Every identity key in the store, where all of them came in this run. */
  readonly known?: KnownKeys | null;
}

/** Landings of one reading at one time: while the database writes one, the next is prepared. */
const SIDE_BY_SIDE = 2;

/** Pulls all readings of a system that its policies want. */
export async function pullSystem(engine: Engine, system: SystemSetup, options: PullOptions): Promise<ReadingReport[]> {
  const reports: ReadingReport[] = [];
  for (const reading of wantedReadings(system, options)) {
    const report = await pullReading(engine, system, reading, options);
    logReading(engine, report);
    reports.push(report);
  }
  return reports;
}

function wantedReadings(system: SystemSetup, { streams }: Pick<PullOptions, 'streams'>): readonly Reading[] {
  const wanted = (stream: string): boolean =>
    system.mappings.has(stream) && system.policies.get(stream)?.pull !== false && (streams === null || streams.has(stream));
  return system.system.readings.filter((reading) => reading.streams.some(wanted));
}

/** The readings of a system that is not to be called now: nothing failed, and what is there stays as it is known. */
export function pullClosed(
  engine: Engine,
  system: SystemSetup,
  why: Pick<Closed, 'message' | 'hint'> & { readonly code: string },
  options: PullOptions,
): ReadingReport[] {
  const { code, message, hint } = why;
  engine.setup.log.info('a system is not called now', { system: system.name, code });
  return wantedReadings(system, options).map(({ name, streams }) => ({
    system: system.name,
    reading: name,
    result: 'skipped',
    streams: Object.fromEntries(streams.map((stream) => [stream, emptyCounts()])),
    ms: 0,
    code,
    message,
    hint,
  }));
}

async function pullReading(engine: Engine, system: SystemSetup, reading: Reading, options: PullOptions): Promise<ReadingReport> {
  const started = engine.setup.clock.now();
  const counts = new Map<string, StreamCounts>(reading.streams.map((stream) => [stream, emptyCounts()]));
  let facets: readonly FacetTrouble[] | undefined;
  const done = (result: ReadingReport['result'], more: Partial<ReadingReport> = {}): ReadingReport => ({
    system: system.name,
    reading: reading.name,
    result,
    streams: Object.fromEntries(counts),
    ms: engine.setup.clock.now() - started,
    ...(facets !== undefined && { facets }),
    ...more,
  });
  if (reading.mode === 'none') return done('skipped', { message: reading.remark ?? 'cannot be read' });
  try {
    const { whole, warning, remark, everWhole } = await pass(engine, system, reading, options, counts);
    const troubles = await readFacets(engine, system, reading, counts);
    if (troubles.length > 0) facets = troubles;
    // The connector's own word for it is no fault of the vendor's.
    if (remark !== null) return done('partial', { message: remark });
    if (warning !== null)
      return done('partial', {
        message: warning,
        code: 'VENDOR_ANSWER',
        hint: 'Look at the vendor; run again with --full when the snapshot is as it should be.',
      });
    if (!everWhole) return done('partial', { message: NEVER_WHOLE });
    return done(whole ? 'snapshot' : 'changes');
  } catch (error) {
    if (isStopped(engine) || !(error instanceof SverkaError) || ['StoreError', 'InvariantError', 'ConfigError'].includes(error.name)) throw error;
    // Learnt on the spot that the system has no such reading: nothing failed, and nothing is known to be there.
    if (error.code === 'VENDOR_UNREADABLE') return done('skipped', { code: error.code, message: error.message, hint: error.hint });
    if (isClosed(error)) return done('partial', { code: error.code, message: `stopped on the way: ${error.message}`, hint: error.hint });
    engine.setup.log.error('a reading stopped', { system: system.name, reading: reading.name, code: error.code });
    return done('failed', { code: error.code, message: error.message, hint: error.hint });
  }
}

function wantsSnapshot(reading: Reading, options: PullOptions, checkpoint: CheckpointRow | undefined): boolean {
  return reading.mode === 'full' || options.full || (options.since === undefined && (checkpoint?.snapshots ?? 0) === 0);
}

/** Whether a create is in doubt: that a record is not there is told by a snapshot alone. */
async function hasLostCreate(engine: Engine, system: SystemSetup, reading: Reading): Promise<boolean> {
  const unknown = await operationsInState(engine.store.db, ['unknown'], { system_id: system.id });
  return unknown.some((row) => row.action === 'create' && row.needs_person === 0 && reading.streams.includes(row.stream));
}

interface PassResult {
  readonly whole: boolean;
  readonly warning: string | null;
  /** Why the connector itself says that the reading proves nothing to be absent. */
  readonly remark: string | null;
  /** A snapshot was landed, now or before: what is not stored is not there. */
  readonly everWhole: boolean;
}

const NEVER_WHOLE = 'only what changed since the time given was read, and no snapshot ever was: nothing is created there until a run without --since';

async function pass(engine: Engine, system: SystemSetup, reading: Reading, options: PullOptions, counts: Map<string, StreamCounts>): Promise<PassResult> {
  const { store, setup } = engine;
  const before = await checkpointOf(store.db, system.id, reading.name);
  const full = wantsSnapshot(reading, options, before) || (await hasLostCreate(engine, system, reading));
  const landing = landingPass(engine, system, reading.streams, {
    reading: reading.name,
    counts,
    checkpoint: before,
    fresh: !(await hasRecords(store.db, { systemId: system.id, streams: reading.streams })),
    known: options.known ?? null,
  });
  const position = before?.position == null ? null : (JSON.parse(before.position) as Json);
  const request: PullRequest = {
    reading: reading.name,
    full,
    ...(options.since === undefined ? {} : { since: options.since }),
    ...(landing.fresh ? {} : { recognise: recogniseIn(landing) }),
  };
  const batches = system.system.pull(request, position, setup.signal);
  const began = setup.clock.now();
  let read = 0;
  let whole = false;
  let remark: string | null = null;
  const line = new LandingLine(landing, engine.token === null ? 1 : SIDE_BY_SIDE);
  try {
    for await (const batch of gather(batches, () => isStopped(engine))) {
      whole = batch.complete === 'snapshot';
      remark = batch.remark ?? null;
      read += sizeOf(batch);
      await line.add(batch, checkpointAfter(landing, reading, batch, whole ? began : null));
      setup.progress.reading(system.name, reading.name, read, batch.total ?? null);
      goOn(engine);
    }
    await line.end();
  } finally {
    await line.quiet();
  }
  // Nothing else would ever end what has no key. All that is there was told again, but for what was handed on as unchanged, which was without fault.
  if (whole || remark !== null) await effect(engine, (trx) => closeUnkeyed(trx, system.id, reading.streams, began));
  const warning = whole
    ? await settleMissing(landing, began)
    : full
      ? 'the list moved while it was read, and did not settle: what is missing cannot be told'
      : null;
  return { whole: whole && warning === null, warning, remark: whole ? null : remark, everWhole: whole || (before?.snapshots ?? 0) > 0 };
}

function checkpointAfter(landing: LandingPass, reading: Reading, batch: Batch, snapshotBegan: number | null): CheckpointRow {
  const { checkpoint: before, system, engine } = landing;
  return {
    system_id: system.id,
    reading: reading.name,
    position: batch.checkpoint === null ? null : JSON.stringify(batch.checkpoint),
    batch_began: batch.began,
    snapshot_began: snapshotBegan ?? before?.snapshot_began ?? null,
    snapshot_run: snapshotBegan === null ? (before?.snapshot_run ?? null) : engine.runId,
    snapshots: (before?.snapshots ?? 0) + (snapshotBegan === null ? 0 : 1),
  };
}
