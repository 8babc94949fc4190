/** The calls on clients ("Клиенты - работа со списками и записями"). */
import type { Context, HttpRequest, HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { callVendor } from '../shared/call.ts';
import { parseJson } from '../shared/json.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import type { Page } from '../shared/settled-pages.ts';
import type { VodyanoySettings } from './settings.ts';

export interface Api {
  readonly settings: VodyanoySettings;
  readonly ctx: Context;
  /** The employees, read once, or now where `anew`. */
  employees(signal: AbortSignal, anew?: boolean): Promise<ReadonlyMap<string, string> | null>;
}

export type Query = Readonly<Record<string, string>>;

/** The answer about one client, or null when the vendor says that there is none. */
export interface One {
  readonly row: Json | null;
  readonly began: number;
  readonly ended: number;
}

/** A page of a list: of clients, or of a dictionary. `total` is not looked at: it counts rows in all or rows returned, nobody knows. Throws `ContractError`. */
export async function readList(
  api: Api,
  list: 'clients' | 'employees',
  query: Query,
  window: { offset: number; limit: number },
  signal: AbortSignal,
): Promise<Page> {
  const { groups } = api.settings;
  const asked = {
    ...query,
    ...(groups === undefined ? {} : { gr: String(groups) }),
    limit: String(window.limit),
    offset: String(window.offset),
  };
  const response = await callVendor(api.ctx, request(api, 'GET', `/${list}`, asked), 'read', signal);
  const rows = response.status < 300 ? answerOf(api, response).result : undefined;
  if (!Array.isArray(rows)) throw failed(api, `the list of ${list}`, response);
  return { rows, began: response.began, ended: response.ended };
}

/** The client with that code. */
export function readByKey(api: Api, key: string, signal: AbortSignal): Promise<One> {
  return readOne(api, `/clients/${encodeURIComponent(key)}`, {}, signal);
}

/** A client with that phone (11 digits beginning with 7), and the delivery address it belongs to. */
export function readByPhone(api: Api, phone: string, signal: AbortSignal): Promise<One> {
  return readOne(api, '/clients', { tel: phone }, signal);
}

/** The client with that `psw`, or the checksum of it. */
export function readByPsw(api: Api, psw: string, signal: AbortSignal): Promise<One> {
  return readOne(api, '/clients', { psw }, signal);
}

/** Makes a client. Never repeated: each call makes a new one. The answer is the caller's to judge. */
export function postClient(api: Api, body: Json, signal: AbortSignal): Promise<HttpResponse> {
  return callVendor(api.ctx, withBody(request(api, 'POST', '/clients', {}), body), 'unsafe-write', signal);
}

/** Changes a client by the configured call; setting fields twice to the same values is harmless. */
export function editClient(api: Api, key: string, body: Json, signal: AbortSignal): Promise<HttpResponse> {
  const { updateMethod, updatePath } = api.settings;
  const path = updatePath.replace('{id}', encodeURIComponent(key));
  return callVendor(api.ctx, withBody(request(api, updateMethod, path, {}), body), 'safe-write', signal);
}

/** The members of an answer, `result` among them; none when it is no JSON object. Throws `ContractError` for no JSON at all. */
export function answerOf(api: Api, response: HttpResponse): { readonly [name: string]: Json } {
  const body = parseJson(response, `${api.ctx.system}: clients`);
  return isObject(body) ? body : {};
}

/**
 * What the client owes this morning, in money, as the vendor writes it; negative: paid ahead. Null: no such client. Throws
 * `ContractError` for anything that is no amount.
 */
export async function readBalance(api: Api, key: string, signal: AbortSignal): Promise<{ amount: string | null; began: number; ended: number }> {
  const response = await callVendor(api.ctx, request(api, 'GET', `/clients/${encodeURIComponent(key)}/balance`, {}), 'read', signal);
  const { began, ended } = response;
  const { result } = answerOf(api, response);
  if (response.status === 404 && result !== undefined && isEmpty(result)) return { amount: null, began, ended };
  const amount = amountOf(result);
  if (response.status >= 300 || amount === null) throw failed(api, 'the balance of a client', response);
  return { amount, began, ended };
}

const AMOUNT = /^-?\d{1,13}(?:[.,]\d{1,2})?$/;
/** What a number of doubles may be off after sums and differences, in kopecks. */
const ROUNDING = 0.01;
/** Up to here, in roubles, a double tells hundredths of a kopeck apart. */
const EXACT = 1e9;

/** An amount with at most two decimals: `663.8600000000001` is 663.86, as doubles have it. Null for anything else. */
function amountOf(result: Json | undefined): string | null {
  const amount = text(result);
  if (AMOUNT.test(amount)) return amount;
  const value = /^-?\d{1,10}(?:[.,]\d+)?(?:[eE]-\d{1,3})?$/.test(amount) ? Number(amount.replace(',', '.')) : Number.NaN;
  const kopecks = Math.round(value * 100);
  // Written so that what is no number is refused too.
  return Math.abs(value) < EXACT && Math.abs(value * 100 - kopecks) < ROUNDING ? (kopecks / 100 + 0).toFixed(2) : null;
}

async function readOne(api: Api, path: string, query: Query, signal: AbortSignal): Promise<One> {
  const response = await callVendor(api.ctx, request(api, 'GET', path, query), 'read', signal);
  const { began, ended } = response;
  if (response.status === 404 && response.body.length === 0) return { row: null, began, ended };
  const row = answerOf(api, response).result;
  // Only an empty result or an empty body says "none": another 404 is a wrong address.
  const none = row !== undefined && isEmpty(row);
  if (none && (response.status === 404 || api.settings.missing === 'empty')) return { row: null, began, ended };
  if (response.status >= 300 || none || !isObject(row)) throw failed(api, 'a client', response);
  return { row, began, ended };
}

function request(api: Api, method: HttpRequest['method'], path: string, query: Query): HttpRequest {
  const { url, prefix, token, auth } = api.settings;
  const target = { method, url: `${url}${prefix}${path}` };
  if (auth === 'query') return { ...target, query: { ...query, token } };
  return { ...target, query, headers: { authorization: `Bearer ${token}` } };
}

function withBody(target: HttpRequest, body: Json): HttpRequest {
  const headers = { ...target.headers, 'content-type': 'application/json; charset=utf-8' };
  return { ...target, headers, json: JSON.stringify(body) };
}

function failed(api: Api, what: string, { status }: HttpResponse): ContractError {
  return new ContractError('VENDOR_ERROR', `${api.ctx.system}: ${what} was not given (HTTP ${status})`);
}
