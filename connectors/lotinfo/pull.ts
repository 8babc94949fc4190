/** Reading clients: whole, or what changed since a time (Lotinfo API, reading clients, `editDate`). */
import { z } from 'zod';
import type { Batch, Found, Json, Probe, PullRequest, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import { InvariantError } from '../../core/errors.ts';
import { IdSet } from '../shared/id-set.ts';
import { type Page, settledPages } from '../shared/settled-pages.ts';
import { type Api, type Filter, readClients } from './api.ts';
import { readRow, rowKey } from './record.ts';

/** Where changes are read from: UTC ms, when the last reading that saw everything began. */
const checkpointForm = z.object({ since: z.number().int() });

const DELETED = 3;

interface Walk {
  readonly filter: Filter;
  readonly deleted: boolean;
}

/**
 * Yields clients by ascending id. A whole reading ends with `snapshot` if the list held still. The checkpoint moves only with
 * the last batch of a reading that missed nothing.
 */
export async function* pullClients(api: Api, request: PullRequest, checkpoint: Json | null, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  const saved = checkpointForm.safeParse(checkpoint).data?.since ?? null;
  const since = request.full ? null : (request.since ?? saved);
  let began: number | null = null;
  let settled = true;
  const walks = walksOf(api, since);
  for (const [index, walk] of walks.entries()) {
    for await (const step of settledPages(listOf(api, walk.filter), new IdSet(), signal)) {
      began ??= step.page.began;
      settled &&= step.end !== 'moved';
      const last = step.end !== undefined && index === walks.length - 1;
      // A bound that a person set leaves a gap behind the checkpoint: it stays.
      const reached = last && settled && (since === null || (saved !== null && since <= saved));
      yield {
        ...batchOf(api, step.page, step.fresh, walk.deleted),
        checkpoint: reached ? { since: began } : checkpoint,
        complete: last && settled && request.full ? 'snapshot' : 'page',
      };
    }
  }
  if (!settled) api.ctx.log.warn('clients moved while they were read: no snapshot', { system: api.ctx.system });
}

/** Deleted clients are asked for apart, and after the others: what is deleted meanwhile is then seen as deleted. */
function walksOf(api: Api, since: number | null): readonly Walk[] {
  const { overlapSeconds, readDeleted, stateFilter } = api.settings;
  if (since === null) return [{ filter: {}, deleted: false }];
  const min = Math.max(0, Math.floor(since / 1000) - overlapSeconds);
  const changed: Walk = { filter: { editDate: { min } }, deleted: false };
  if (!readDeleted) return [changed];
  return [changed, { filter: { editDate: { min }, [stateFilter]: DELETED }, deleted: true }];
}

function listOf(api: Api, filter: Filter): Parameters<typeof settledPages>[0] {
  const limit = api.settings.pageSize;
  return { keyOf: rowKey, fetch: (offset, signal) => readClients(api, filter, { offset, limit }, signal) };
}

function batchOf(api: Api, page: Page, rows: readonly Json[], deleted: boolean): Omit<Batch, 'checkpoint' | 'complete'> {
  const records: VendorRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const read = readRow(row, api.settings, deleted);
    if ('record' in read) records.push(read.record);
    else rejected.push(read.rejected);
  }
  return { records: new Map([['clients', records]]), rejected, began: page.began, ended: page.ended };
}

/** Looks a client up by its id, or by our reference. Rows that do not answer the question are left out: a filter may be ignored. */
export async function findClients(api: Api, probe: Probe, signal: AbortSignal): Promise<Found> {
  const [field, value] = probe.key === undefined ? ['apiIdExchange', probe.reference] : ['id', probe.key];
  if (value === undefined) throw new InvariantError('INVARIANT_BROKEN', 'Lotinfo clients are looked up by key or reference only');
  const began = api.ctx.clock.now();
  if (!/^\d{1,15}$/.test(value)) return { records: new Map([['clients', []]]), rejected: [], began, ended: began };
  const page = await readClients(api, { [field]: Number(value) }, { offset: 0, limit: api.settings.pageSize }, signal);
  const { records, ...found } = batchOf(api, page, page.rows, false);
  const asked = (records.get('clients') ?? []).filter(({ body }) => body[field] === value);
  return { ...found, records: new Map([['clients', asked]]) };
}
