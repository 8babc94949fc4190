/** The two REST services of Artix, the cash server (CSrest) and the bonus server (ACC): JSON over HTTP Basic. */
import { isUtf8 } from 'node:buffer';
import type { Context, HttpRequest, HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError, RecordError } from '../../core/errors.ts';
import { callVendor } from '../shared/call.ts';
import { parseJson } from '../shared/json.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';

export interface Login {
  readonly url: string;
  readonly auth: boolean;
  readonly login?: string | undefined;
  readonly password?: string | undefined;
}

/** What a service answered. `json` is absent where there was no body: the vendor's way to say "none". */
export interface Answer {
  readonly json?: Json;
  readonly status: number;
  readonly began: number;
  readonly ended: number;
}

/** Values for the `{name}` places of a path. */
export type PathValues = Readonly<Record<string, string>>;

export interface Server {
  /**
   * Reads. 404 without a body, or with the vendor's error object, is an answer ("none"); any other refusal is a `ContractError`,
   * and so are an error object in an answer of success and a body that is no JSON. Throws as `callVendor` does.
   */
  get(path: string, options: GetOptions, signal: AbortSignal): Promise<Answer>;
  /** Writes; `unsafe` is for what must not be written twice. A refusal is a `RecordError`, so that it becomes the outcome `rejected`. */
  write(method: 'POST' | 'PUT' | 'DELETE', path: string, options: WriteOptions, signal: AbortSignal): Promise<Answer>;
}

export interface GetOptions {
  readonly values?: PathValues;
  readonly query?: Readonly<Record<string, string>>;
  /** The service may not have this call at all: 404, 405 and 501 are answers without `json`, whatever their body says. */
  readonly optional?: boolean;
}

export interface WriteOptions {
  readonly values?: PathValues;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** A JSON document that is written already, instead of `body`. */
  readonly text?: string;
  readonly unsafe?: boolean;
  /** 404 without a body, or with the vendor's error object, is as good as done. */
  readonly absent?: boolean;
}

/** Statuses by which a server says that it has no such call. */
export const NO_SUCH_CALL: readonly number[] = [404, 405, 501];

/** A service by its address; `name` is how messages call it. */
export function openServer(ctx: Context, name: string, login: Login): Server {
  const headers = headersOf(login);
  const base = login.url.endsWith('/') ? login.url : `${login.url}/`;
  const address = (path: string, values: PathValues = {}): string =>
    base + path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));

  return {
    async get(path, options, signal) {
      const url = address(path, options.values);
      const request: HttpRequest = { method: 'GET', url, headers, ...(options.query && { query: options.query }) };
      const response = await callVendor(ctx, request, 'read', signal);
      const what = `${name}: GET ${path}`;
      const { status, began, ended } = response;
      if (options.optional === true && NO_SUCH_CALL.includes(status)) return { status, began, ended };
      const answer = answerOf(response, what);
      const code = errorCodeOf(answer.json);
      if (status === 404 && (code !== null || answer.json === undefined)) return { status, began, ended };
      if (status >= 400 || code !== null) throw new ContractError('VENDOR_ERROR', refusal(what, response, code));
      return answer;
    },
    async write(method, path, options, signal) {
      const json = options.body === undefined ? options.text : JSON.stringify(options.body);
      const request: HttpRequest = {
        method,
        url: address(path, options.values),
        headers,
        ...(options.query && { query: options.query }),
        ...(json !== undefined && { json }),
      };
      const response = inUtf8(await callVendor(ctx, request, options.unsafe ? 'unsafe-write' : 'safe-write', signal));
      const what = `${name}: ${method} ${path}`;
      const said = response.status >= 400 ? lenient(response, what) : undefined;
      const none = response.status === 404 && (response.body.length === 0 || errorCodeOf(said) !== null);
      if (response.status >= 400 && !(options.absent === true && none)) {
        throw new RecordError('VENDOR_ERROR', refusal(what, response, errorCodeOf(said)));
      }
      if (none) return { status: response.status, began: response.began, ended: response.ended };
      const answer = answerOf(response, what);
      const code = errorCodeOf(answer.json);
      if (code !== null) throw new RecordError('VENDOR_ERROR', refusal(what, response, code));
      return answer;
    },
  };
}

/** An answer that is no UTF-8 is in cp1251, as integrators saw the exchange service answer. */
function inUtf8(response: HttpResponse): HttpResponse {
  if (isUtf8(response.body)) return response;
  return { ...response, body: Buffer.from(new TextDecoder('windows-1251').decode(response.body), 'utf8') };
}

function headersOf(login: Login): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (login.auth) {
    const pair = Buffer.from(`${login.login ?? ''}:${login.password ?? ''}`, 'utf8').toString('base64');
    headers.authorization = `Basic ${pair}`;
  }
  return headers;
}

function answerOf(response: HttpResponse, what: string): Answer {
  const { status, began, ended } = response;
  const empty = response.body.length === 0 || response.body.toString('utf8').trim() === '';
  if (empty) return { status, began, ended };
  const json = parseJson(response, what);
  const nothing = json === null || (isObject(json) && isEmpty(json));
  return nothing ? { status, began, ended } : { json, status, began, ended };
}

/** The body of a refusal, which need not be JSON. */
function lenient(response: HttpResponse, what: string): Json | undefined {
  try {
    return answerOf(response, what).json;
  } catch (error) {
    if (error instanceof ContractError) return undefined;
    throw error;
  }
}

/** The code of an error object `{errorCode, message}`; null when it is none. The message is not kept: it may name people. */
function errorCodeOf(json: Json | undefined): string | null {
  if (!isObject(json) || isEmpty(json.errorCode)) return null;
  const code = text(json.errorCode);
  if (code === '0') return null;
  return /^[\w.-]{1,40}$/.test(code) ? code : 'of an unknown form';
}

function refusal(what: string, response: HttpResponse, code: string | null): string {
  return `${what} answered HTTP ${response.status}${code === null ? '' : `, errorCode ${code}`}`;
}
