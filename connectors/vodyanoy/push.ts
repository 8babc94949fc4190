/** New clients one by one; changes where the installation takes them. */
import type { HttpResponse } from '../../core/context.ts';
import type { Json, Outcome, PushOperation, PushResult, WireBody } from '../../core/contract.ts';
import { digest } from '../../core/hash.ts';
import { outcomeOf } from '../shared/call.ts';
import { pushEach } from '../shared/push.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import { type Api, answerOf, editClient, postClient, readByPsw } from './api.ts';
import { idOf } from './record.ts';
import { CREATE_FIELDS } from './wire.ts';

/** Names that a write spells otherwise than a reading: one letter apart. */
const WRITE_NAMES: ReadonlyMap<string, string> = new Map([['dop_sc', 'dop_sv']]);
const CODE = /^\d+$/;

/** Sends operations, as many at a time as the system's concurrency allows. */
export function pushClients(api: Api, operations: AsyncIterable<PushOperation>, signal: AbortSignal): AsyncIterable<PushResult> {
  return pushEach(api.ctx, operations, (operation, each) => send(api, operation, each), signal);
}

function send(api: Api, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { action, key } = operation;
  if (action === 'create') return create(api, operation, signal);
  if (action === 'update' && api.settings.update === 'patch' && key !== undefined) return update(api, operation, key, signal);
  return Promise.resolve({
    kind: 'rejected',
    code: 'UNSUPPORTED',
    reason: `Vodyanoy has no known call to ${action} a client`,
  });
}

async function create(api: Api, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const body = bodyOf(operation.fields, false);
  if (!api.settings.createWithPsw) return created(api, await postClient(api, body, signal));
  const psw = digest(operation.idempotencyKey);
  return (await findByPsw(api, psw, signal)) ?? created(api, await postClient(api, { ...body, psw }, signal));
}

/** An earlier attempt whose answer was lost. A failure here means that nothing was sent: the operation may come again. */
async function findByPsw(api: Api, psw: string, signal: AbortSignal): Promise<Outcome | null> {
  try {
    const { row } = await readByPsw(api, psw, signal);
    return row === null ? null : { kind: 'applied', key: idOf(row) };
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome.kind !== 'unknown') return outcome;
    return outcome.trouble === undefined ? { kind: 'retry', ms: 0, code: outcome.code } : { kind: 'unsent', trouble: outcome.trouble };
  }
}

/** The codes of client and main address come as numbers here and as strings everywhere else. */
function created(api: Api, response: HttpResponse): Outcome {
  // No such address: that is about the settings, not about the client.
  if (response.status === 404) return { kind: 'retry', ms: 0, code: 'VENDOR_ANSWER' };
  const refusal = refusalOf(response);
  if (refusal !== null) return refusal;
  const { result, adr } = answerOf(api, response);
  const key = isObject(result) ? idOf(result) : text(result);
  if (!CODE.test(key)) return { kind: 'unknown', code: 'VENDOR_ANSWER' };
  const address = text(adr);
  return { kind: 'applied', key, ...(CODE.test(address) ? { notices: [`main address ${address}`] } : {}) };
}

async function update(api: Api, operation: PushOperation, key: string, signal: AbortSignal): Promise<Outcome> {
  const body = bodyOf(operation.fields, api.settings.updateClears);
  if (isEmpty(body)) return { kind: 'unchanged' };
  const response = await editClient(api, key, body, signal);
  const refusal = refusalOf(response);
  if (refusal !== null) return refusal;
  // What an edit answers is nowhere shown: the client, its code, or a word. Nothing at all is no success.
  if (isEmpty(answerOf(api, response).result)) return { kind: 'unknown', code: 'VENDOR_ANSWER' };
  return { kind: 'applied', key };
}

/** A client error: nothing was done. 405 says that this installation has no such call. */
function refusalOf({ status }: HttpResponse): Outcome | null {
  if (status < 400) return null;
  return { kind: 'rejected', code: status === 405 ? 'UNSUPPORTED' : 'VENDOR_ERROR', reason: `HTTP ${status}` };
}

/** The fields that a creation takes, under its names: the office flag a number, the others texts, empty ones left out. */
function bodyOf(fields: WireBody, withEmpty: boolean): { readonly [name: string]: Json } {
  const said = CREATE_FIELDS.filter((name) => (withEmpty ? fields[name] !== undefined : !isEmpty(fields[name])));
  return Object.fromEntries(said.map((name) => [WRITE_NAMES.get(name) ?? name, writtenValue(name, fields[name])]));
}

function writtenValue(name: string, value: Json | undefined): Json {
  const written = text(value);
  return name === 'etoof' && /^[01]$/.test(written) ? Number(written) : written;
}
