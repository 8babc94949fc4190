/** The calls on clients: `PUT` inserts, `POST` reads (Lotinfo API; the verbs are the other way round than usual). */
import type { Context, HttpRequest, HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ConnectionError, ContractError } from '../../core/errors.ts';
import { callVendor } from '../shared/call.ts';
import type { Page } from '../shared/settled-pages.ts';
import { type Answer, describeErrors, readAnswer } from './answer.ts';
import type { SmsCode } from './code.ts';
import type { LotinfoSettings } from './settings.ts';

/** What `filter` of a reading may hold. */
export type Filter = { readonly [name: string]: Json };

export interface Api {
  readonly settings: LotinfoSettings;
  readonly code: SmsCode;
  readonly ctx: Context;
}

/**
 * Inserts clients. Nothing is repeated here: each call makes new clients. The example sends the SMS code, the table does not name
 * it: it goes along where one is at hand, and where just the code is refused, which stores nothing, the batch goes without it.
 */
export async function insertClients(api: Api, data: readonly Json[], signal: AbortSignal): Promise<Answer> {
  const code = api.code.known() ? await api.code.get() : null;
  const answer = await insert(api, data, code, signal);
  const refused = code !== null && 'errors' in answer && answer.errors.some(({ field }) => field === 'code');
  return refused ? insert(api, data, null, signal) : answer;
}

async function insert(api: Api, data: readonly Json[], code: number | null, signal: AbortSignal): Promise<Answer> {
  const body = { encoding: api.settings.encoding, ...(code === null ? {} : { code }), data };
  const response = await callVendor(api.ctx, request(api, 'PUT', body), 'unsafe-write', signal);
  return readAnswer(response, `${api.ctx.system}: adding clients`);
}

/**
 * Adds comments to a client (`PUT`) or changes comments of the last five minutes (`POST`) (Lotinfo API, comments). Adding twice makes two; changing
 * twice is harmless.
 */
export async function sendComments(api: Api, method: 'PUT' | 'POST', id: string, body: Json, signal: AbortSignal): Promise<Answer> {
  const kind = method === 'PUT' ? 'unsafe-write' : 'safe-write';
  const response = await callVendor(api.ctx, request(api, method, body, `CLIENTS/${encodeURIComponent(id)}/COMMENTS`), kind, signal);
  return readAnswer(response, `${api.ctx.system}: comments`);
}

/** One page of clients by ascending id. Throws `ConnectionError` without a code or with a refused one, `ContractError` for another failure. */
export async function readClients(api: Api, filter: Filter, window: { offset: number; limit: number }, signal: AbortSignal): Promise<Page> {
  const code = await api.code.need();
  const response = await postRead(api, { code, filter, ...window }, signal);
  const answer = readAnswer(response, `${api.ctx.system}: reading clients`);
  if ('errors' in answer) throw readFailure(api, answer);
  if (!Array.isArray(answer.result)) {
    throw new ContractError('VENDOR_ANSWER', `${api.ctx.system}: reading clients: the result is no list`);
  }
  return { rows: answer.result, began: response.began, ended: response.ended };
}

/** Asks for one client without a code: the answer shows that the API is there, and reads nothing. */
export async function probe(api: Api, signal: AbortSignal): Promise<Answer> {
  const response = await postRead(api, { limit: 1, offset: 0 }, signal);
  return readAnswer(response, `${api.ctx.system}: reading clients`);
}

function postRead(api: Api, own: { readonly [name: string]: Json }, signal: AbortSignal): Promise<HttpResponse> {
  const { encoding, noMedia, projection } = api.settings;
  const body = {
    encoding,
    ...(noMedia ? { nomedia: 1 } : {}),
    order: { id: 'asc' },
    ...(projection === undefined ? {} : { projection }),
    ...own,
  };
  return callVendor(api.ctx, request(api, 'POST', body), 'read', signal);
}

function request(api: Api, method: 'PUT' | 'POST', body: Json, path = 'CLIENTS'): HttpRequest {
  const { url, token, tokenParameter } = api.settings;
  return { method, url: `${url}${path}`, query: { [tokenParameter]: token }, json: JSON.stringify(body) };
}

/** A code that is refused is forgotten, so that the next run asks for another. */
function readFailure(api: Api, { errors, status }: Extract<Answer, { errors: unknown }>): ConnectionError | ContractError {
  const { system } = api.ctx;
  if (errors.some(({ field }) => field === 'code')) {
    api.code.refused();
    return new ConnectionError('VENDOR_REFUSED', `${system}: the SMS code is refused`, {
      hint: `Ask for a new SMS at ${api.settings.smsUrl} and give its code (--code).`,
    });
  }
  return new ContractError('VENDOR_ERROR', `${system}: reading clients failed: ${describeErrors(errors, status)}`);
}
