import { ServedMachine } from '../served.ts';
import { jsonAnswer, pageWindow, type SandboxAnswer } from '../shared/answers.ts';
import { type Fault, hasFault } from '../shared/faults.ts';
import type { Clock, SandboxRequest } from '../shared/server.ts';
import { addComments, editComments } from './comments.ts';
import { isObject, type LotinfoClient, type LotinfoError, type LotinfoNotice, type LotinfoState } from './model.ts';
import { type LotinfoOptions, lotinfoDefaults } from './options.ts';
import { select, sort } from './read.ts';
import { render } from './render.ts';
import { isRefused, readRow } from './row.ts';
import { LotinfoStore } from './store.ts';

export type { LotinfoClient } from './model.ts';
export type { LotinfoOptions } from './options.ts';

/** One successful call that changed something. */
export interface LotinfoWrite {
  call: 'insert' | 'comments-add' | 'comments-edit';
  /** Ids of the clients it made or changed. */
  ids: number[];
  at: number;
}

/** What `editClient` changes; `contacts` are given as in an insert and replace all. */
export type LotinfoEdit = Partial<Pick<LotinfoClient, 'fields' | 'userCategory' | 'state'>> & { contacts?: unknown[] };

const LIST = /^\/v1\/CLIENTS\/?$/i;
const COMMENTS = /^\/v1\/CLIENTS\/(\d+)\/COMMENTS\/?$/i;
const own = (text: string, index?: number): LotinfoError => ({
  field: '',
  text,
  ...(index === undefined ? {} : { index }),
});

/** The Lotinfo API over clients as a state machine (Lotinfo API: adding clients, reading clients, comments). */
export class LotinfoSandbox extends ServedMachine {
  /** The settings; tests may change them while it runs. */
  readonly options: LotinfoOptions;
  /** Every successful call that changed something, in order. */
  readonly writes: LotinfoWrite[] = [];
  private readonly store = new LotinfoStore();
  private codeIssuedAt: number;
  private codeUsed = 0;

  constructor(setup: Partial<LotinfoOptions> = {}, clock: Clock = Date.now) {
    super(clock);
    this.options = { ...lotinfoDefaults, ...setup };
    this.codeIssuedAt = this.clock();
  }

  /** The clients by id; deleted ones stay, with `state` 3. */
  get clients(): ReadonlyMap<number, LotinfoClient> {
    return this.store.clients;
  }

  /** Sends a new SMS code: it alone opens reading from now on. */
  issueCode(code: number = this.options.code + 1): number {
    this.options.code = code;
    this.codeIssuedAt = this.clock();
    this.codeUsed = 0;
    return code;
  }

  /** Adds a client given as a row of an insert, without a trace in `writes`; throws when the row is bad. */
  addClient(row: Record<string, unknown>, at: number = this.clock()): number {
    const read = readRow(row, 0);
    if (isRefused(read)) throw new Error(`Lotinfo sandbox: bad ${read.field}: ${read.text}`);
    return this.store.insert(read, 0, at).id;
  }

  /** Changes a client as an agent in the CRM would; a scalar of `''` is emptied. Moves its change time. */
  editClient(id: number, edit: LotinfoEdit): void {
    const client = this.known(id);
    const { contacts, fields, ...rest } = edit;
    Object.assign(client, rest, { fields: { ...client.fields, ...fields }, editedAt: this.clock() });
    for (const [field, value] of Object.entries(client.fields)) if (value === '') delete client.fields[field as keyof typeof client.fields];
    if (contacts === undefined) return;
    const read = readRow({ contacts }, 0);
    if (isRefused(read)) throw new Error(`Lotinfo sandbox: bad ${read.field}: ${read.text}`);
    this.store.setContacts(client, read.contacts);
  }

  /** Marks a client deleted (`purge`: forgets it altogether). */
  removeClient(id: number, purge = false): void {
    if (purge) this.store.purge(this.known(id).id);
    else this.editClient(id, { state: 3 satisfies LotinfoState });
  }

  answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer {
    const { query, method, path } = request;
    if ((query.get('token') ?? query.get('TOKEN')) !== this.options.token) return this.refuse([own('Ошибка авторизации')]);
    if (hasFault(faults, 'silent-error')) return { ...this.refuse([own('Внутренняя ошибка')]), status: 200 };
    const comments = COMMENTS.exec(path);
    const isRoute = comments !== null || LIST.test(path);
    if (!isRoute) return { ...this.refuse([own('Метод не найден')]), status: 404 };
    if (method !== 'PUT' && method !== 'POST') return { ...this.refuse([own('Метод не поддерживается')]), status: 405 };
    const body = parse(request.body);
    if (body === undefined) return this.refuse([own('Неверный JSON')]);
    const answer =
      comments !== null
        ? this.comment(Number(comments[1]), method, body, request.at)
        : method === 'PUT'
          ? this.insert(body, request.at)
          : this.read(body, request.at, faults);
    return Number(body.encoding ?? 0) === 1 ? { ...answer, body: escaped(answer.body) } : answer;
  }

  private insert(body: Record<string, unknown>, at: number): SandboxAnswer {
    const { data } = body;
    if (!Array.isArray(data) || data.length === 0) return this.refuse([{ field: 'data', text: 'Нет данных' }]);
    if (data.length > this.options.maxBatch) return this.refuse([{ field: 'data', text: 'Слишком много записей' }]);
    const used = this.options.repeatedApiId === 'refuse' ? this.store.apiIds() : undefined;
    const rows = data.map((row, index) => this.check(row, index, used));
    const errors = rows.filter(isRefused);
    if (errors.length > 0 && (this.options.badRow === 'refuse-batch' || errors.length === rows.length)) return this.refuse(errors);
    const result: { id: number }[] = [];
    const notices: LotinfoNotice[] = [];
    for (const [index, row] of rows.entries()) {
      if (isRefused(row)) continue;
      const stored = this.store.insert(row, index, at);
      result.push({ id: stored.id });
      notices.push(...stored.notices);
    }
    this.writes.push({ call: 'insert', ids: result.map(({ id }) => id), at });
    const shown = notices.length > 0 || this.options.emptyNotices === 'list' ? { notices } : {};
    return jsonAnswer(200, { result, ...shown });
  }

  private check(row: unknown, index: number, used: Set<string> | undefined): ReturnType<typeof readRow> {
    const read = readRow(row, index);
    if (isRefused(read)) return read;
    const apiId = read.fields.apiIdExchange;
    if (apiId !== undefined && used?.has(apiId) === true) return { field: 'apiIdExchange', text: 'Клиент с таким apiIdExchange уже есть', index };
    if (apiId !== undefined) used?.add(apiId);
    const { objects } = this.options;
    const foreign = read.objects.find(({ id }) => objects !== undefined && `${objects.get(id)}` !== read.fields.userId);
    return foreign === undefined ? read : { field: 'objects', text: 'Объект не принадлежит пользователю', index };
  }

  private read(body: Record<string, unknown>, at: number, faults: Fault[]): SandboxAnswer {
    const { code, codeValidForMs, codeUses, maxLimit, rangeInclusive: inclusive, stateFilter: states } = this.options;
    if (body.code === undefined) return this.refuse([{ field: 'code', text: 'Не указан код' }]);
    const expired = at - this.codeIssuedAt > codeValidForMs || this.codeUsed >= codeUses;
    if (`${body.code}` !== `${code}` || expired) return this.refuse([{ field: 'code', text: 'Неверный код' }]);
    this.codeUsed += 1;
    const limit = Math.min(Number(body.limit ?? maxLimit), maxLimit);
    const offset = Number(body.offset ?? 0);
    if (!(limit > 0) || !(offset >= 0)) return this.refuse([{ field: 'limit', text: 'Неверный диапазон' }]);
    const selected = select(this.clients.values(), body.filter, { inclusive, states });
    const sorted = Array.isArray(selected) ? sort(selected, body.order) : selected;
    if (!Array.isArray(sorted)) return this.refuse([sorted]);
    const projection = Array.isArray(body.projection) ? new Set(body.projection.map(String)) : undefined;
    const { start } = pageWindow(faults, offset, limit);
    const page = sorted.slice(start, start + limit);
    return jsonAnswer(200, { result: page.map((client) => render(client, projection, this.options)) });
  }

  private comment(id: number, method: string, body: Record<string, unknown>, at: number): SandboxAnswer {
    const client = this.clients.get(id);
    if (client === undefined || client.state === 3) return this.refuse([{ field: 'id', text: 'Клиент не найден' }]);
    const result = method === 'PUT' ? addComments(this.store, client, body, at) : editComments(client, body, at, this.options.commentEditMs);
    if (!Array.isArray(result)) return this.refuse([result]);
    this.writes.push({ call: method === 'PUT' ? 'comments-add' : 'comments-edit', ids: [id], at });
    return jsonAnswer(200, { result });
  }

  private known(id: number): LotinfoClient {
    const client = this.store.clients.get(id);
    if (client === undefined) throw new Error(`Lotinfo sandbox: no client ${id}`);
    return client;
  }

  private refuse(errors: LotinfoError[]): SandboxAnswer {
    const shown = errors.map(({ field, text, index }, at) => ({
      error: at + 1,
      error_text: text,
      ...(field === '' ? {} : { error_field: field }),
      ...(index === undefined ? {} : { error_array: index }),
    }));
    return jsonAnswer(this.options.errorStatus, { errors: shown });
  }
}

const parse = (body: Buffer): Record<string, unknown> | undefined => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** `encoding: 1`: characters outside ASCII as `\uXXXX`. */
const escaped = (body: string | Buffer): string => body.toString().replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
