/** Comments of a client who is there: the only thing that Lotinfo lets us add to one (Lotinfo API, comments). */
import type { Json, Outcome, PushOperation, VendorRecord } from '../../core/contract.ts';
import { isObject, text } from '../shared/records.ts';
import { describeErrors } from './answer.ts';
import { type Api, sendComments } from './api.ts';
import { findClients } from './pull.ts';

/** A comment may be changed so long after it was made. */
const EDITABLE_MS = 5 * 60_000;
/** Left of that time for the call itself and for the vendor's clock. */
const MARGIN_MS = 30_000;

interface Comment {
  readonly id: string;
  readonly value: string;
  /** UTC ms; null: not said. */
  readonly at: number | null;
  readonly userId: string;
}

type Edit = { readonly id: number; readonly value: string };

/**
 * Brings a client's comments up to those wanted, of which the operation names all. What is there already, perhaps by an earlier attempt
 * whose answer was lost, is not added again. A text that goes on from a comment of the last five minutes replaces it, so that nothing
 * is ever lost; any other is added. None can be taken away.
 */
export async function pushComments(api: Api, operation: PushOperation, key: string, signal: AbortSignal): Promise<Outcome> {
  const record = await currentOf(api, key, signal);
  if (record === null) return { kind: 'rejected', code: 'VENDOR_ERROR', reason: 'the client is not there' };
  const there = commentsOf(record?.body['comments'] ?? []);
  const wanted = commentsOf(operation.fields['comments'] ?? []).map(({ value }) => value);
  const missing = [...new Set(wanted)].filter((value) => value !== '' && !there.some((one) => one.value === value));
  if (missing.length === 0) return { kind: 'unchanged' };
  const userId = Number(text(record?.body['userId']) || api.settings.userId);
  // The client must belong to the user who comments.
  if (!Number.isSafeInteger(userId)) return { kind: 'rejected', code: 'RECORD_VALUE', reason: 'a comment needs a user: set `userId`' };
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const value of missing) {
    const grown = there.find((one) => isGrowing(api, one, value, userId) && !edits.some(({ id }) => String(id) === one.id));
    if (grown === undefined) added.push(value);
    else edits.push({ id: Number(grown.id), value });
  }
  const edited = edits.length === 0 ? null : await send(api, key, 'POST', userId, edits, signal);
  // Too late, by the vendor's clock: a refused edit changed nothing, so the whole text is added.
  const late = edited?.kind === 'rejected' ? edits.map(({ value }) => value) : [];
  if (edited !== null && edited.kind !== 'applied' && edited.kind !== 'rejected') return edited;
  const values = [...added, ...late];
  return values.length === 0
    ? { kind: 'applied', key }
    : send(
        api,
        key,
        'PUT',
        userId,
        values.map((value) => ({ value })),
        signal,
      );
}

/** The client as it is now; undefined where it cannot be read, null where it is not there. */
async function currentOf(api: Api, key: string, signal: AbortSignal): Promise<VendorRecord | null | undefined> {
  if (!api.code.known()) return undefined;
  const { records } = await findClients(api, { key }, signal);
  return records.get('clients')?.find((record) => record.key === key && record.deleted !== true) ?? null;
}

function isGrowing(api: Api, one: Comment, value: string, userId: number): boolean {
  if (one.at === null || !/^\d{1,15}$/.test(one.id) || one.userId !== String(userId)) return false;
  const age = api.ctx.clock.now() - one.at;
  return age >= 0 && age < EDITABLE_MS - MARGIN_MS && one.value !== '' && value.startsWith(one.value);
}

async function send(api: Api, key: string, method: 'PUT' | 'POST', userId: number, data: readonly Json[], signal: AbortSignal): Promise<Outcome> {
  const answer = await sendComments(api, method, key, { userId, data }, signal);
  if ('errors' in answer) return { kind: 'rejected', code: 'VENDOR_ERROR', reason: describeErrors(answer.errors, answer.status) };
  return Array.isArray(answer.result) && answer.result.length === data.length ? { kind: 'applied', key } : { kind: 'unknown', code: 'VENDOR_ANSWER' };
}

function commentsOf(value: Json): readonly Comment[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((one) => ({
    id: text(one['id']),
    value: text(one['value']).trim(),
    at: /^\d{1,12}$/.test(text(one['date'])) ? Number(text(one['date'])) * 1000 : null,
    userId: text(one['userId']),
  }));
}
