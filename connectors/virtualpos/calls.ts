import type { Context, HttpRequest, HttpResponse } from '../../core/context.ts';
import { ConnectionError, ContractError, RecordError, TransientError } from '../../core/errors.ts';
import { type CallKind, callVendor } from '../shared/call.ts';
import { parseJson } from '../shared/json.ts';
import { safeInfo } from '../shared/safe-info.ts';
import type { KnownNames } from './names.ts';
import type { VirtualposSettings } from './settings.ts';
import { type Answer, answerOf, speaksOf } from './wire.ts';
import { parseXml } from './xml.ts';

/** One system with its settings. */
export interface Site {
  readonly settings: VirtualposSettings;
  readonly ctx: Context;
  readonly names: KnownNames;
}

/** An answer whose `success` was read, and when it was asked for and complete (UTC ms). */
export interface Called {
  readonly answer: Answer;
  readonly began: number;
  readonly ended: number;
}

/** A write: parameters marked "get only" in `query`, all others in `form`. */
export interface WriteCall {
  readonly path: keyof VirtualposSettings['paths'];
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'POST';
}

/** `/api/customer` (VirtualPOS API, Customer, reading). */
export async function readCall(site: Site, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Called> {
  return called(site, await readResponse(site, query, signal));
}

/** Parameters of a reading that must stand in the query ("get only"). */
const GET_ONLY: ReadonlySet<string> = new Set(['id', 'external_id']);

/** The answer to `/api/customer` as it came. In a GET the key goes into the query, which is its only place. */
export async function readResponse(site: Site, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpResponse> {
  const { apikey, format, readMethod } = site.settings;
  const url = urlOf(site.settings, 'read');
  if (readMethod === 'GET') return callVendor(site.ctx, { method: 'GET', url, query: { apikey, format, ...query } }, 'read', signal);
  const part = (inQuery: boolean): Record<string, string> => Object.fromEntries(Object.entries(query).filter(([name]) => GET_ONLY.has(name) === inQuery));
  return callVendor(site.ctx, { method: 'POST', url, query: { format, ...part(true) }, form: { apikey, ...part(false) } }, 'read', signal);
}

/** A call with an effect. Throws as `callVendor` does; an answer with `success` 0 is returned. */
export async function writeCall(site: Site, call: WriteCall, kind: CallKind, signal: AbortSignal): Promise<Called> {
  const { settings } = site;
  const apikey = { apikey: settings.apikey };
  const format = { format: settings.format };
  const method = call.method ?? 'POST';
  const inQuery = method === 'GET' || settings.keyIn === 'query';
  const request: HttpRequest = {
    method,
    url: urlOf(settings, call.path),
    query: { ...(inQuery ? apikey : {}), ...format, ...call.query, ...(method === 'GET' ? call.form : {}) },
    ...(method === 'GET' ? {} : { form: { ...(inQuery ? {} : apikey), ...call.form } }),
  };
  return called(site, await callVendor(site.ctx, request, kind, signal));
}

/** The error for `success` 0: a refused key stops the system, anything else is an error of this call. */
export function refusalOf(site: Site, answer: Answer, what: string): ConnectionError | TransientError {
  const message = `${site.ctx.system}: VirtualPOS refused ${what}: ${safeInfo(answer.info)}`;
  if (speaksOf(answer.info, site.settings.refusedInfo)) return new ConnectionError('VENDOR_REFUSED', message);
  return new TransientError('VENDOR_ERROR', message);
}

/** The error for `success` 0 in answer to a write: that record is refused, or our key is. */
export function rejectionOf(site: Site, answer: Answer): ConnectionError | RecordError {
  if (speaksOf(answer.info, site.settings.refusedInfo)) {
    return new ConnectionError('VENDOR_REFUSED', `${site.ctx.system}: VirtualPOS refused our key`);
  }
  return new RecordError('VENDOR_ERROR', safeInfo(answer.info) || 'VirtualPOS gave no reason');
}

/** The spelling of a boolean parameter. */
export function spell(settings: VirtualposSettings, value: boolean): string {
  if (settings.booleans === '1') return value ? '1' : '0';
  return value ? 'true' : 'false';
}

function urlOf(settings: VirtualposSettings, path: keyof VirtualposSettings['paths']): string {
  return settings.url.replace(/\/+$/, '') + settings.paths[path];
}

/** Reads the envelope of an answer. Throws `ContractError` where there is none. */
export function called(site: Site, response: HttpResponse): Called {
  const what = `${site.ctx.system}: VirtualPOS`;
  const answer = readAnswer(site, response, what);
  if (answer === null) throw new ContractError('VENDOR_ANSWER', `${what}: the answer has no \`success\``);
  return { answer, began: response.began, ended: response.ended };
}

/** Statuses are nowhere documented: a 4xx that carries `success` is the vendor's own refusal, any other comes from a proxy or a wrong path. */
function readAnswer(site: Site, response: HttpResponse, what: string): Answer | null {
  const refused = response.status >= 400;
  try {
    const answer = answerOf(isXml(site, response) ? parseXml(response, what) : parseJson(response, what));
    if (!refused || answer?.ok === false) return answer;
  } catch (error) {
    if (!refused || !(error instanceof ContractError)) throw error;
  }
  throw new ContractError('VENDOR_ANSWER', `${what} answered HTTP ${response.status}`, {
    hint: 'Check `url` and `paths` of this system.',
  });
}

/** Which of the two forms came: some installations give XML whatever was asked for. */
export function isXml(site: Site, { body }: HttpResponse): boolean {
  const start = body.toString('utf8', 0, 64).replace(/^\ufeff?\s*/, '');
  if (/^<(\?xml|root\b)/.test(start)) return true;
  return site.settings.format === 'xml' && !/^[{[]/.test(start);
}
