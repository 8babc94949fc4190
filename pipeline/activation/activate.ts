/**
 * Activates mappings, or only shows what that would change: one piece of work in one transaction, which is kept or undone. No vendor is
 * called. What changed is found by comparing every table with what is committed, so that a preview and an activation cannot disagree.
 */
import type { Store } from '../../canonical/open.ts';
import { lockLease } from '../../canonical/stores/lease-lock.ts';
import { marksOf } from '../../canonical/stores/mapping-undo.ts';
import { activeVersions, insertVersions, type NewVersion, nextActivation, saveMarks } from '../../canonical/stores/mapping-versions.ts';
import { freeRunNumber, Numbers } from '../../canonical/stores/numbers.ts';
import { allCheckpoints, allCursors } from '../../canonical/stores/progress.ts';
import { ConfigError, StoreError } from '../../core/errors.ts';
import { type Engine, LEASE } from '../engine.ts';
import { plan } from '../plan/plan.ts';
import { emptyResolve } from '../report.ts';
import { resolveAndLog } from '../resolve-and-log.ts';
import type { RunSetup, SystemSetup } from '../setup.ts';
import { type Changes, changesAnything } from './changes.ts';
import { Comparison } from './compare-store.ts';
import { cure } from './cure.ts';
import { type Edition, versionOf } from './edition.ts';
import { noteRun } from './note-run.ts';
import { planChanged, settledBefore } from './plan-changed.ts';
import { remapStream, type StreamChange } from './remap.ts';
import { unresolved } from './unresolved.ts';

export interface ActivationRequest {
  /** What is to be activated; a stream whose mapping stays as it is need not be named. */
  readonly editions: readonly Edition[];
  /** Keeps it; otherwise all is undone at the end. */
  readonly commit: boolean;
  /** So many records of each stream, spread evenly; null: all. Only without `commit`. */
  readonly sample: number | null;
  /** Examples for each field. */
  readonly examples: number;
  readonly author: string;
  readonly note: string | null;
}

export interface ActivatedStream {
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  /** Versions; null: nothing was active. */
  readonly from: string | null;
  readonly to: string;
  /** Records that were looked at. */
  readonly records: number;
}

export interface ActivationReport extends Changes {
  /** Its number; null for a preview. */
  readonly activation: number | null;
  readonly streams: readonly ActivatedStream[];
  /** Only so many records of each stream were looked at; null: all. */
  readonly sample: number | null;
  /** Something is otherwise than before. */
  readonly changes: boolean;
  readonly notes: readonly string[];
  readonly ms: number;
}

/** Throws `RUN_LOCKED` while a run is at work, and `ConfigError` for what cannot be activated. */
export async function activate(store: Store, setup: RunSetup, request: ActivationRequest): Promise<ActivationReport> {
  const began = setup.clock.now();
  return store.whole((written) =>
    store.beside(async (outside) => {
      await lockLease(store.db, LEASE, setup.owner, began);
      const activation = await nextActivation(store.db);
      const engine = engineFor(store, withEditions(setup, request.editions), await freeRunNumber(store.db), activation);
      const changes = await changesIn(setup, engine, request.editions);
      const cursors = await allCursors(store.db);
      const notes = await unresolved(store.db);
      const keep = request.commit ? activation : null;
      const comparison = new Comparison(store, { outside, written, setup: engine.setup, examples: request.examples, activation, keep });
      const records = await recompute(engine, changes, { sample: request.sample }, comparison);
      if (request.commit) await insertVersions(store.db, versionsOf(request, engine));
      const found = await comparison.result();
      const report: ActivationReport = {
        ...found,
        activation: request.commit ? activation : null,
        streams: changes.map((change, at) => streamOf(change, request.editions, records[at] ?? 0)),
        sample: request.sample,
        changes: changesAnything(found),
        notes,
        ms: setup.clock.now() - began,
      };
      if (request.commit) {
        await saveMarks(store.db, activation, await marksOf(store.db, activation, setup.clock.now(), cursors));
        await noteRun(engine, 'activate', began, { activation, streams: report.streams, operations: report.operations });
      }
      return { result: report, commit: request.commit };
    }),
  );
}

export interface WorkScope {
  /** So many records of each stream; null: all. */
  readonly sample: number | null;
  /** Views of no other records are made anew; all are where it is silent. What is to be done is then planned everywhere. */
  readonly only?: ReadonlySet<number>;
}

/** The work itself: views, the quarantine, who is who, what is to be done. Answers how many records of each stream were looked at. */
export async function recompute(engine: Engine, changes: readonly StreamChange[], { sample, only }: WorkScope, comparison: Comparison): Promise<number[]> {
  const settled = await settledBefore(engine);
  const records: number[] = [];
  for (const change of changes) records.push(await remapStream(engine, change, sample, only));
  let cured = 0;
  if (sample === null) for (const change of changes) cured += await cure(engine, change);
  await resolveAndLog(engine);
  const whole = await seenWhole(engine);
  const systems = new Set(engine.setup.systems.map(({ name }) => name));
  const options = { onlyPropose: true, systems, streams: null, touchedOnly: sample !== null, whole };
  const affected = await comparison.beforePlan();
  const anew = only === undefined ? changes.map(({ system, stream }) => `${system.id} ${stream}`) : engine.setup.systems.flatMap(streamsOf);
  const wide = cured > 0 || engine.counts.reviews > 0 || changes.some(({ to }) => to.entity === 'account');
  if (sample === null) await planChanged(engine, options, { affected, settled, remapped: new Set(anew), wide });
  else await plan(engine, options);
  return records;
}

const streamsOf = ({ id, mappings }: SystemSetup): string[] => [...mappings.keys()].map((stream) => `${id} ${stream}`);

/** An engine of a transaction of its own: it has no token, because nobody else can work meanwhile. */
export function engineFor(store: Store, setup: RunSetup, runId: number, activation: number, why?: string): Engine {
  const plain = { store, numbers: new Numbers(store), setup, runId, token: null, counts: emptyResolve(), outcomes: new Set<number>(), activation };
  return why === undefined ? plain : { ...plain, activationWhy: why };
}

/** The setup as it would be with other mappings. */
export function withEditions(setup: RunSetup, editions: readonly Edition[]): RunSetup {
  const systems = setup.systems.map((system): SystemSetup => {
    const own = editions.filter((edition) => edition.systemId === system.id);
    if (own.length === 0) return system;
    return { ...system, mappings: new Map([...system.mappings].map(([stream, now]) => [stream, own.find((one) => one.stream === stream)?.mapping ?? now])) };
  });
  return { ...setup, systems };
}

/** What changes in which stream. Throws where the mappings in use are not those that the setup was made with. */
export async function changesIn(before: RunSetup, engine: Engine, editions: readonly Edition[]): Promise<StreamChange[]> {
  const active = await activeVersions(engine.store.db);
  if (active.map(({ id }) => id).join() !== before.mappings.active.join())
    throw new StoreError('RUN_LOCKED', 'mappings were activated by somebody else just now', { hint: 'Run the command again.' });
  return editions.map(({ systemId, stream, mapping, system, file }) => {
    const target = engine.setup.systems.find(({ id }) => id === systemId);
    const was = before.systems.find(({ id }) => id === systemId)?.mappings.get(stream);
    if (target === undefined) throw new ConfigError('NOT_FOUND', `there is no system ${system} in the configuration`);
    const from = active.some((row) => row.system_id === systemId && row.stream === stream) ? (was ?? null) : null;
    if (from !== null && from.entity !== mapping.entity)
      throw new ConfigError(
        'MAPPING_INVALID',
        `${file}: the records of ${system}/${stream} are of the entity "${from.entity}", and cannot become "${mapping.entity}"`,
        {
          hint: 'Leave `entity` as it is: what was recognised by these records rests on it.',
        },
      );
    return { system: target, stream, from, to: mapping };
  });
}

function versionsOf({ editions, author, note }: ActivationRequest, { setup, runId }: Engine): NewVersion[] {
  const by = { author, note, activated_at: setup.clock.now(), run_id: runId };
  return editions.map((edition) => versionOf(edition, by));
}

function streamOf({ system, stream, from, to }: StreamChange, editions: readonly Edition[], records: number): ActivatedStream {
  const file = editions.find((edition) => edition.systemId === system.id && edition.stream === stream)?.file ?? '';
  return { system: system.name, stream, file, from: from?.version ?? null, to: to.version, records };
}

/** Streams of which a complete snapshot was landed at some time: what is not there can be proposed. */
async function seenWhole({ store }: Engine): Promise<(system: SystemSetup, stream: string) => boolean> {
  const seen = new Set((await allCheckpoints(store.db)).filter(({ snapshots }) => snapshots > 0).map((row) => `${row.system_id} ${row.reading}`));
  return ({ id, system }, stream) => system.readings.some((reading) => reading.streams.includes(stream) && seen.has(`${id} ${reading.name}`));
}
