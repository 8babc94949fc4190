/** Reading clients: whole, or what was changed or created since a time; and one by one. */
import * as z from 'zod';
import type { Batch, Found, Json, Probe, PullRequest, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import { InvariantError } from '../../core/errors.ts';
import { IdSet } from '../shared/id-set.ts';
import { text } from '../shared/records.ts';
import { settledPages } from '../shared/settled-pages.ts';
import { type Api, type One, type Query, readBalance, readByKey, readByPhone, readByPsw, readList } from './api.ts';
import { lowerBound } from './dates.ts';
import { employeesDigest } from './employees.ts';
import { firstPhone } from './phone.ts';
import { balanceRecord, joined, listRecord, phoneRecord, type ReadRow, rowKey } from './record.ts';

/** Where changes are read from: UTC ms, when the last reading that saw everything began. */
const checkpointForm = z.object({ since: z.number().int(), employees: z.string().nullish() });

/**
 * Yields clients in the order of their codes. A whole reading ends with `snapshot` if the list held still. The checkpoint moves
 * only with the last batch of a reading that missed nothing.
 */
export async function* pullClients(api: Api, request: PullRequest, checkpoint: Json | null, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  const known = checkpointForm.safeParse(checkpoint).data;
  const saved = known?.since ?? null;
  const employees = await api.employees(signal, true);
  const names = employeesDigest(employees) ?? known?.employees ?? null;
  // A new name of an employee is no change of the clients: all are read, to learn it.
  const since = request.full || (known !== undefined && (known.employees ?? null) !== names) ? null : (request.since ?? saved);
  const queries = queriesOf(api, since);
  let began: number | null = null;
  let settled = true;
  // A client that was both changed and created comes once.
  const seen = new IdSet();
  for (const [index, query] of queries.entries()) {
    for await (const step of settledPages(listOf(api, query), seen, signal)) {
      began ??= step.page.began;
      settled &&= step.end !== 'moved';
      const last = step.end !== undefined && index === queries.length - 1;
      // A bound that a person set leaves a gap behind the checkpoint: it stays.
      const reached = last && settled && (since === null || (saved !== null && since <= saved));
      yield {
        ...sorted(step.fresh.map((row) => listRecord(row, employees))),
        began: step.page.began,
        ended: step.page.ended,
        checkpoint: reached ? { since: began, employees: names } : checkpoint,
        complete: last && settled && request.full ? 'snapshot' : 'page',
      };
    }
  }
  if (!settled) api.ctx.log.warn('clients moved while they were read: no snapshot', { system: api.ctx.system });
}

/** A new client may have no change time, so changed and created ones are asked for apart. */
function queriesOf(api: Api, since: number | null): readonly Query[] {
  if (since === null) return [{}];
  const { overlapSeconds, quoteDates } = api.settings;
  const bound = lowerBound(api.ctx.zone, since - overlapSeconds * 1000);
  const value = quoteDates ? `"${bound}"` : bound;
  return [{ updated_gte: value }, { created_gte: value }];
}

function listOf(api: Api, query: Query): Parameters<typeof settledPages>[0] {
  const limit = api.settings.pageSize;
  return { keyOf: rowKey, fetch: (offset, signal) => readList(api, 'clients', query, { offset, limit }, signal) };
}

/** Looks a client up by its code, its password or the checksum of it, or by a phone: then the answer by code is read too, for the fields of the list. */
export async function findClients(api: Api, probe: Probe, signal: AbortSignal): Promise<Found> {
  const { key, password } = probe;
  const asked = key !== undefined ? await readByKey(api, key, signal) : password !== undefined ? await readByPsw(api, password, signal) : null;
  if (asked !== null) return foundOf(asked, asked.row === null ? [] : [listRecord(asked.row, await api.employees(signal))]);
  if (probe.phone === undefined) throw new InvariantError('INVARIANT_BROKEN', 'Vodyanoy clients are looked up by key, phone or password only');
  const phone = firstPhone(probe.phone) ?? probe.phone.replace(/\D/g, '');
  if (phone === '') return nothing(api);
  const one = await readByPhone(api, phone, signal);
  if (one.row === null) return foundOf(one, []);
  const card = phoneRecord(one.row);
  if ('rejected' in card) return foundOf(one, [card]);
  const whole = await readByKey(api, card.record.key, signal);
  if (whole.row === null) return foundOf(one, []);
  const list = listRecord(whole.row, await api.employees(signal));
  const both = 'record' in list ? { record: joined(list.record, card.record) } : list;
  return foundOf({ ...one, ended: whole.ended }, [both]);
}

/**
 * The fields that only the answer by phone has, for a client that has a phone. Several clients may share it and the vendor chooses one:
 * an answer about another client says nothing of this one.
 */
export async function readPhoneCard(api: Api, record: VendorRecord, signal: AbortSignal): Promise<Found> {
  const phone = firstPhone(text(record.body.telefon));
  if (phone === null) return nothing(api);
  const one = await readByPhone(api, phone, signal);
  const card = one.row === null ? null : phoneRecord(one.row);
  if (card === null || ('record' in card && card.record.key !== record.key)) return foundOf(one, []);
  return foundOf(one, [card]);
}

/** What a client owes this morning. */
export async function readDebt(api: Api, record: VendorRecord, signal: AbortSignal): Promise<Found> {
  const { amount, began, ended } = await readBalance(api, record.key, signal);
  return { ...sorted(amount === null ? [] : [{ record: balanceRecord(record.key, amount) }]), began, ended };
}

function foundOf(one: One, rows: readonly ReadRow[]): Found {
  return { ...sorted(rows), began: one.began, ended: one.ended };
}

function nothing(api: Api): Found {
  const now = api.ctx.clock.now();
  return { ...sorted([]), began: now, ended: now };
}

function sorted(rows: readonly ReadRow[]): Pick<Batch, 'records' | 'rejected'> {
  const records: VendorRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    if ('record' in row) records.push(row.record);
    else rejected.push(row.rejected);
  }
  return { records: new Map([['clients', records]]), rejected };
}
