/** Reading clients: whole, or what changed since a time (Lotinfo API, reading clients, `editDate` and `delclient`). */
import * as z from 'zod';
import type { Batch, Found, Json, Probe, PullRequest, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import { InvariantError } from '../../core/errors.ts';
import { IdSet } from '../shared/id-set.ts';
import { type Page, settledPages } from '../shared/settled-pages.ts';
import { type Api, type Filter, readClients } from './api.ts';
import { idOf, type LotinfoState, readRow, rowKey } from './record.ts';

/** Where changes are read from: UTC ms, when the last reading that saw everything began. */
const checkpointForm = z.object({ since: z.number().int() });

const ACTUAL: LotinfoState = 1;

interface Walk {
  readonly filter: Filter;
  /** The state asked for; null: the vendor's own choice. */
  readonly state: LotinfoState | null;
}

/**
 * Yields clients by ascending id: those of the ordinary state, then archived, then deleted ones. A whole reading ends with
 * `snapshot` if the lists held still. The checkpoint moves only with the last batch of a reading that missed nothing. Where the
 * vendor turns out not to heed the filter by state, whoever is there would seem deleted: then only the ordinary list counts.
 */
export async function* pullClients(api: Api, request: PullRequest, checkpoint: Json | null, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  const saved = checkpointForm.safeParse(checkpoint).data?.since ?? null;
  const since = request.full ? null : (request.since ?? saved);
  const reading: Progress = { began: null, settled: true, there: new IdSet(), heeded: null };
  const walks = walksOf(api, since);
  for (const [index, walk] of walks.entries()) {
    const seen = index === 0 ? reading.there : new IdSet();
    for await (const step of settledPages(listOf(api, walk.filter), seen, signal)) {
      reading.began ??= step.page.began;
      const heeded = index === 0 || (await isHeeded(api, step.fresh, reading, signal));
      reading.settled &&= !heeded || step.end !== 'moved';
      const last = !heeded || (step.end !== undefined && index === walks.length - 1);
      // A bound that a person set leaves a gap behind the checkpoint: it stays.
      const reached = last && reading.settled && (since === null || (saved !== null && since <= saved));
      yield {
        ...batchOf(api, step.page, heeded ? step.fresh : [], walk.state),
        checkpoint: reached ? { since: reading.began } : checkpoint,
        complete: last && reading.settled && request.full ? 'snapshot' : 'page',
      };
      if (!heeded) break;
    }
    if (reading.heeded === false) break;
  }
  if (!reading.settled) api.ctx.log.warn('clients moved while they were read: no snapshot', { system: api.ctx.system });
}

/** What one reading knows. */
interface Progress {
  began: number | null;
  settled: boolean;
  /** Keys of the ordinary list. */
  readonly there: IdSet;
  /** Whether the vendor heeds the filter by state; null: not in doubt so far. */
  heeded: boolean | null;
}

/**
 * A client of the ordinary list who comes up among the archived or deleted was put there since, or the filter is not heeded and
 * everybody would seem deleted. The vendor is asked for one of them once more, as an actual client.
 */
async function isHeeded(api: Api, rows: readonly Json[], reading: Progress, signal: AbortSignal): Promise<boolean> {
  if (reading.heeded !== null) return reading.heeded;
  const both = rows.find((row) => reading.there.has(rowKey(row)) && /^\d{1,15}$/.test(idOf(row)));
  if (both === undefined) return true;
  const id = idOf(both);
  const page = await readClients(api, { id: Number(id), [api.settings.stateFilter]: ACTUAL }, { offset: 0, limit: api.settings.pageSize }, signal);
  reading.heeded = !page.rows.some((row) => idOf(row) === id);
  if (!reading.heeded) {
    api.ctx.log.warn('the filter by state is not heeded (see `stateFilter`): archived and deleted clients cannot be told', { system: api.ctx.system });
  }
  return reading.heeded;
}

/** Archived and deleted clients are asked for apart, and after the others: what is deleted meanwhile is then seen as deleted. */
function walksOf(api: Api, since: number | null): readonly Walk[] {
  const { overlapSeconds, readArchived, readDeleted, stateFilter } = api.settings;
  const changed: Filter = since === null ? {} : { editDate: { min: Math.max(0, Math.floor(since / 1000) - overlapSeconds) } };
  const gone: LotinfoState[] = [...(readArchived ? [2 as const] : []), ...(readDeleted ? [3 as const] : [])];
  const state = ordinaryState(api);
  const ordinary: Walk = { filter: state === null ? changed : { ...changed, [stateFilter]: state }, state };
  return [ordinary, ...gone.filter((one) => one !== state).map((one) => ({ filter: { ...changed, [stateFilter]: one }, state: one }))];
}

function ordinaryState({ settings: { state } }: Api): LotinfoState | null {
  return state === 'any' ? null : state;
}

function listOf(api: Api, filter: Filter): Parameters<typeof settledPages>[0] {
  const limit = api.settings.pageSize;
  return { keyOf: rowKey, fetch: (offset, signal) => readClients(api, filter, { offset, limit }, signal) };
}

function batchOf(api: Api, page: Page, rows: readonly Json[], state: LotinfoState | null): Omit<Batch, 'checkpoint' | 'complete'> {
  const records: VendorRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const read = readRow(row, api.settings, state);
    if ('record' in read) records.push(read.record);
    else rejected.push(read.rejected);
  }
  return { records: new Map([['clients', records]]), rejected, began: page.began, ended: page.ended };
}

/**
 * Looks a client up by its id, or by our reference: among the ordinary ones, then among the archived and the deleted, so that
 * whoever was archived is not taken for unknown. Rows that do not answer the question are left out: a filter may be ignored.
 */
export async function findClients(api: Api, probe: Probe, signal: AbortSignal): Promise<Found> {
  const [field, value] = probe.key === undefined ? ['apiIdExchange', probe.reference] : ['id', probe.key];
  if (value === undefined) throw new InvariantError('INVARIANT_BROKEN', 'Lotinfo clients are looked up by key or reference only');
  const now = api.ctx.clock.now();
  let found: Found = { records: new Map([['clients', []]]), rejected: [], began: now, ended: now };
  if (!/^\d{1,15}$/.test(value)) return found;
  for (const [index, walk] of walksOf(api, null).entries()) {
    const asked = { ...walk.filter, [field]: Number(value) };
    const page = await readClients(api, asked, { offset: 0, limit: api.settings.pageSize }, signal);
    const { records, rejected } = batchOf(api, page, page.rows, walk.state);
    const fitting = (records.get('clients') ?? []).filter(({ body }) => body[field] === value);
    found = { records: new Map([['clients', fitting]]), rejected, began: index === 0 ? page.began : found.began, ended: page.ended };
    if (fitting.length > 0 || rejected.length > 0) break;
  }
  return found;
}
