/**
 * Makes the views of a stream anew with another mapping. Only what is otherwise under it is written; a record that it cannot read is set
 * aside at once, one that was set aside and can be read comes back.
 */
import { closeQuarantine, type QuarantineRow, quarantinedKeys } from '../../canonical/stores/quarantine.ts';
import { evenly } from '../../canonical/stores/record-sample.ts';
import { idsOfStream, loadRecords, pageOfStream, type RecordRow, rewriteViews } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import { stableJson } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Engine, effect, goOn } from '../engine.ts';
import { hashesOf, sameKeys } from '../identity/keys.ts';
import { KeyChanges } from '../land/key-changes.ts';
import { bodyOfRow } from '../land/rows.ts';
import { type SetAside, setAsideAll } from '../land/set-aside-all.ts';
import type { SystemSetup } from '../setup.ts';
import { assertBookable, prepareRebook, type Reread, rebook, type Unbookable } from './rebook.ts';
import { remapPushes } from './remap-pushes.ts';
import { viewUnder } from './view-under.ts';

const PAGE = 2000;

export interface StreamChange {
  readonly system: SystemSetup;
  readonly stream: string;
  /** What is active; null: nothing is, or it cannot be compiled any more. */
  readonly from: Mapping | null;
  readonly to: Mapping;
}

/** Answers how many records were looked at. `sample`: so many of them, spread evenly; null: all. `only`: none but these. */
export async function remapStream(engine: Engine, change: StreamChange, sample: number | null, only?: ReadonlySet<number>): Promise<number> {
  let records = 0;
  const refused: Unbookable = { amount: 0, unread: 0 };
  // What one page comes to is written while the next is decoded.
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const page of pagesOf(engine, change, sample)) {
      goOn(engine);
      const rows = only === undefined ? page : page.filter(({ id }) => only.has(id));
      records += rows.length;
      const work = workOf(change, rows, await asideOf(engine, change, rows));
      await writing;
      writing = write(engine, change, work, refused);
      writing.catch(() => undefined);
      engine.setup.progress.step(`${change.system.name}/${change.stream}`, records, null);
    }
  } finally {
    await writing;
  }
  assertBookable(change, refused);
  return records;
}

async function* pagesOf(engine: Engine, { system, stream }: StreamChange, sample: number | null): AsyncGenerator<RecordRow[]> {
  const { db } = engine.store;
  if (sample !== null) {
    const chosen = evenly(await idsOfStream(db, system.id, stream), sample);
    for (let at = 0; at < chosen.length; at += PAGE) yield await loadRecords(db, chosen.slice(at, at + PAGE));
    return;
  }
  for (let next = pageOfStream(db, system.id, stream, 0, PAGE); ; ) {
    const rows = await next;
    const last = rows.at(-1);
    if (last === undefined) return;
    next = pageOfStream(db, system.id, stream, last.id, PAGE);
    next.catch(() => undefined);
    yield rows;
  }
}

interface PageWork {
  readonly rows: readonly RecordRow[];
  readonly bodies: Map<number, WireBody>;
  readonly updates: RecordRow[];
  readonly keys: KeyChanges;
  readonly aside: SetAside[];
  readonly cured: string[];
  /** Rows of `updates` of which the resolver sees something else. */
  readonly news: RecordRow[];
  /** Accounts that read otherwise. */
  readonly reread: Reread[];
}

function workOf({ from, to }: StreamChange, rows: readonly RecordRow[], quarantined: ReadonlyMap<string, QuarantineRow>): PageWork {
  const work: PageWork = { rows, bodies: new Map(), updates: [], keys: new KeyChanges(), aside: [], cured: [], news: [], reread: [] };
  for (const row of rows) {
    const body = bodyOfRow(row);
    if (body === null) continue;
    work.bodies.set(row.id, body);
    remapRow(work, from, to, row, body, quarantined.get(row.record_key));
  }
  return work;
}

async function write(engine: Engine, change: StreamChange, work: PageWork, refused: Unbookable): Promise<void> {
  const { system, stream } = change;
  await engine.numbers.reserve('changes', work.news.length);
  await engine.numbers.reserve('quarantine', work.aside.length);
  for (const row of work.news) row.change_seq = engine.numbers.takeReserved('changes');
  const programmes = await prepareRebook(engine, work.reread);
  await effect(engine, async (trx) => {
    await rewriteViews(trx, work.updates);
    await work.keys.write(trx);
    await setAsideAll(trx, engine, system, work.aside);
    await closeQuarantine(trx, system.id, stream, work.cured, 'cured');
    await rebook(trx, engine, change, work.reread, programmes, refused);
  });
  await remapPushes(engine, change, work.rows, work.bodies);
}

/** Open entries of the quarantine of records that are set aside, by key. */
async function asideOf(engine: Engine, { system, stream }: StreamChange, rows: readonly RecordRow[]): Promise<ReadonlyMap<string, QuarantineRow>> {
  const keys = rows.filter(({ state }) => state === 'quarantined').map((row) => row.record_key);
  if (keys.length === 0) return new Map();
  const found = await quarantinedKeys(engine.store.db, system.id, stream, keys);
  return new Map(found.filter(({ state }) => state === 'open').map((row) => [row.record_key, row]));
}

function remapRow(work: PageWork, from: Mapping | null, mapping: Mapping, row: RecordRow, body: WireBody, entry: QuarantineRow | undefined): void {
  const decoded = mapping.decode(body);
  // Set aside over the very body that is stored: it is the mapping that could not read it.
  const own = entry !== undefined && entry.code === 'RECORD_VALUE' && isSameBody(entry.body, row.body, body);
  if (decoded.problems.length > 0) {
    if (row.state === 'live' || own) setAside(work, row, decoded.problems, own ? entry : undefined);
    return;
  }
  const cured = own && row.state === 'quarantined';
  const view = viewUnder(from, mapping, row, body, decoded);
  if (view === null && !cured) return;
  const after: RecordRow = { ...row, ...view?.cells, ...(cured ? { state: 'live' as const, misses: 0 } : {}) };
  work.updates.push(after);
  if (cured) work.cured.push(row.record_key);
  if (cured || after.view !== row.view || after.stamps !== row.stamps) work.news.push(after);
  if (view === null || after.view === row.view) return;
  if (mapping.entity === 'account') work.reread.push({ row: after, before: view.before, after: view.after });
  if (!sameKeys(mapping.entity, view.before, view.after)) work.keys.note(row.id, hashesOf(mapping.entity, view.before), hashesOf(mapping.entity, view.after));
}

function setAside(work: PageWork, row: RecordRow, problems: SetAside['problems'], entry: QuarantineRow | undefined): void {
  const reason: SetAside = { stream: row.stream, key: row.record_key, body: row.body ?? 'null', problems };
  if (entry !== undefined) {
    const [problem] = problems;
    // Set aside already: only a reason of another kind is news.
    if (problem !== undefined && !(entry.field === `${problem.path} → ${problem.field}` && entry.rule.startsWith(problem.rule))) work.aside.push(reason);
    return;
  }
  const after: RecordRow = { ...row, state: 'quarantined', misses: 0 };
  work.aside.push(reason);
  work.updates.push(after);
  work.news.push(after);
}

function isSameBody(aside: string, stored: string | null, body: WireBody): boolean {
  return aside === stored || stableJson(JSON.parse(aside)) === stableJson(body);
}
