/** The two REST services of Artix, the cash server (CSrest) and the bonus server (ACC): JSON over HTTP Basic. */
import type { Context, HttpRequest, HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError, RecordError, TransientError, UncertainError } from '../../core/errors.ts';
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
   * Reads. 404 without a body is an answer ("none"); any other refusal is a `ContractError`, and so are an error object in an
   * answer of success and a body that is no JSON. Throws as `callVendor` does.
   */
  get(path: string, options: GetOptions, signal: AbortSignal): Promise<Answer>;
  /** Writes; `unsafe` is for what must not be written twice. A refusal is a `RecordError`, so that it becomes the outcome `rejected`. */
  write(method: 'POST' | 'PUT' | 'DELETE', path: string, options: WriteOptions, signal: AbortSignal): Promise<Answer>;
}

export interface GetOptions {
  readonly values?: PathValues;
  readonly query?: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  readonly values?: PathValues;
  readonly body?: Json;
  readonly unsafe?: boolean;
  /** 404 without a body is as good as done. */
  readonly absent?: boolean;
}

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
      const answer = answerOf(response, what);
      const code = errorCodeOf(answer.json);
      const refused = response.status >= 400 && !(response.status === 404 && answer.json === undefined);
      if (refused || code !== null) throw new ContractError('VENDOR_ERROR', refusal(what, response, code));
      return answer;
    },
    async write(method, path, options, signal) {
      const json = options.body === undefined ? undefined : JSON.stringify(options.body);
      const request: HttpRequest = {
        method,
        url: address(path, options.values),
        headers,
        ...(json !== undefined && { json }),
      };
      const response = await callVendor(ctx, request, options.unsafe ? 'unsafe-write' : 'safe-write', signal);
      const what = `${name}: ${method} ${path}`;
      const gone = options.absent === true && response.status === 404 && response.body.length === 0;
      if (response.status >= 400 && !gone) {
        throw new RecordError('VENDOR_ERROR', refusal(what, response, errorCodeOf(lenient(response, what))));
      }
      const answer = answerOf(response, what);
      const code = errorCodeOf(answer.json);
      if (code !== null) throw new RecordError('VENDOR_ERROR', refusal(what, response, code));
      return answer;
    },
  };
}

/**
 * Looks something up before anything is written. What would make a write's fate unknown makes this one's only late: nothing was
 * done yet, so the operation may be tried again. Throws `TransientError` instead of `UncertainError` and `ContractError`.
 */
export async function beforeWriting<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UncertainError || error instanceof ContractError)) throw error;
    throw new TransientError(error.code, error.message, { cause: error });
  }
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
  return json === null ? { status, began, ended } : { json, status, began, ended };
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
  if (!isObject(json) || isEmpty(json.errorCode) || json.errorCode === 0) return null;
  const code = text(json.errorCode);
  return /^[\w.-]{1,40}$/.test(code) ? code : 'of an unknown form';
}

function refusal(what: string, response: HttpResponse, code: string | null): string {
  return `${what} answered HTTP ${response.status}${code === null ? '' : `, errorCode ${code}`}`;
}
