import { ServedMachine } from '../served.ts';
import { jsonAnswer, pageWindow, type SandboxAnswer } from '../shared/answers.ts';
import { type Fault, hasFault } from '../shared/faults.ts';
import type { Clock, SandboxRequest } from '../shared/server.ts';
import { readCreate, readPatch } from './body.ts';
import { selectRows } from './filter.ts';
import type { VodyanoyClient } from './model.ts';
import { type VodyanoyOptions, vodyanoyDefaults } from './options.ts';
import { lowerClient, upperClient, upperEmployee } from './render.ts';
import { pswHash, type VodyanoySeed, VodyanoyStore } from './store.ts';

export type { VodyanoyClient } from './model.ts';
export type { VodyanoyOptions } from './options.ts';
export type { VodyanoySeed } from './store.ts';

/** One successful call that changed something. */
export interface VodyanoyWrite {
  call: 'create' | 'patch';
  id: string;
  at: number;
}

const ONE = /^\/api\/clients\/(\d+)(\/balance)?$/;
const nothing = (status: number): SandboxAnswer => jsonAnswer(status, { result: {} });

/** The Vodyanoy REST over clients and employees as a state machine (Vodyanoy REST: clients, dictionaries). */
export class VodyanoySandbox extends ServedMachine {
  /** The settings; tests may change them while it runs. */
  readonly options: VodyanoyOptions;
  /** Every successful call that changed something, in order. */
  readonly writes: VodyanoyWrite[] = [];
  private readonly store = new VodyanoyStore();

  constructor(setup: Partial<VodyanoyOptions> = {}, clock: Clock = Date.now) {
    super(clock);
    this.options = { ...vodyanoyDefaults, ...setup };
  }

  /** The clients by code. */
  get clients(): ReadonlyMap<string, VodyanoyClient> {
    return this.store.clients;
  }

  /** Adds a client without a trace in `writes`; returns its code. */
  addClient(seed: VodyanoySeed): string {
    const at = seed.createdAt ?? this.clock();
    return this.store.add(seed, at, 'changedAt' in seed ? seed.changedAt : this.firstChange(at)).id;
  }

  /** Changes a client as a dispatcher would. Moves its change time. */
  editClient(id: string, edit: Partial<VodyanoySeed>): void {
    this.store.change(this.known(id), edit, this.clock());
  }

  /** Removes a client without a trace, as the program does. */
  removeClient(id: string): void {
    this.store.remove(this.known(id));
  }

  answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer {
    const { path, method, query } = request;
    if (!this.authorised(request)) return nothing(401);
    if (hasFault(faults, 'silent-error')) return nothing(200);
    const one = ONE.exec(path);
    if (one !== null) return this.single(request, one[1] ?? '', one[2] !== undefined);
    if (path === '/api/employees' && method === 'GET') return this.employees(query, faults);
    if (path !== '/api/clients') return nothing(404);
    if (method === 'POST') return this.create(request);
    if (method !== 'GET') return nothing(405);
    const tel = query.get('tel');
    if (tel !== null) return this.byTel(tel);
    const psw = query.get('psw');
    return psw === null ? this.list(query, faults) : this.byPsw(psw);
  }

  private authorised(request: SandboxRequest): boolean {
    const bearer = /^Bearer\s+(.*)$/i.exec(request.headers.authorization ?? '')?.[1];
    return (request.query.get('token') ?? bearer) === this.options.token;
  }

  private single(request: SandboxRequest, id: string, balance: boolean): SandboxAnswer {
    const client = this.clients.get(id);
    const { method } = request;
    if (method !== 'GET' && (balance || method !== 'PATCH' || !this.options.patch)) return nothing(405);
    if (client === undefined) return nothing(404);
    if (method === 'PATCH') return this.patch(client, request);
    if (!balance) return jsonAnswer(200, { result: upperClient(client, this.options) });
    // The sample writes the debt with two decimals, which JSON.stringify would drop.
    return { ...jsonAnswer(200, {}), body: `{"result": ${client.balanceAnswer ?? (client.debt / 100).toFixed(2)}}` };
  }

  private list(query: URLSearchParams, faults: Fault[]): SandboxAnswer {
    const rows = selectRows(this.clients.values(), query, this.options.zone);
    return rows === undefined ? nothing(400) : this.page(rows, query, faults, (row) => upperClient(row, this.options));
  }

  private employees(query: URLSearchParams, faults: Fault[]): SandboxAnswer {
    const rows = selectRows(this.options.employees, query, this.options.zone);
    return rows === undefined ? nothing(400) : this.page(rows, query, faults, (row) => upperEmployee(row, this.options));
  }

  /** The `limit` key appears only when it was asked for. */
  private page<Row>(rows: Row[], query: URLSearchParams, faults: Fault[], show: (row: Row) => unknown): SandboxAnswer {
    const asked = query.get('limit');
    const limit = asked === null ? this.options.defaultLimit : Number(asked);
    const offset = Number(query.get('offset') ?? 0);
    if (!(limit > 0) || !(offset >= 0)) return nothing(400);
    const { start, totalDelta } = pageWindow(faults, offset, limit);
    const result = rows.slice(start, start + limit).map(show);
    const total = this.options.total === 'rows-returned' ? result.length : rows.length + totalDelta;
    return jsonAnswer(200, { result, ...(asked === null ? {} : { limit }), total });
  }

  private byTel(tel: string): SandboxAnswer {
    const found = this.store.byTel(tel);
    const client = this.options.sharedPhone === 'first' ? found[0] : found.at(-1);
    return client === undefined ? nothing(404) : jsonAnswer(200, { result: lowerClient(client, tel, this.options) });
  }

  /** By the password or by its checksum. */
  private byPsw(psw: string): SandboxAnswer {
    const wanted = new Set([pswHash(psw), psw]);
    for (const client of this.clients.values())
      if (client.pswHash !== '' && wanted.has(client.pswHash)) return jsonAnswer(200, { result: upperClient(client, this.options) });
    return nothing(404);
  }

  private create(request: SandboxRequest): SandboxAnswer {
    const seed = readCreate(request.body);
    if (seed === undefined) return nothing(400);
    const client = this.store.add(seed, request.at, this.firstChange(request.at));
    this.writes.push({ call: 'create', id: client.id, at: request.at });
    return jsonAnswer(this.options.createStatus, { result: Number(client.id), adr: Number(client.address.id) });
  }

  private patch(client: VodyanoyClient, request: SandboxRequest): SandboxAnswer {
    const edit = readPatch(request.body);
    if (edit === undefined) return nothing(400);
    this.store.change(client, edit, request.at);
    this.writes.push({ call: 'patch', id: client.id, at: request.at });
    return jsonAnswer(200, { result: Number(client.id) });
  }

  private firstChange(at: number): number | undefined {
    return this.options.changeTimeOnCreate ? at : undefined;
  }

  private known(id: string): VodyanoyClient {
    const client = this.store.clients.get(id);
    if (client === undefined) throw new Error(`Vodyanoy sandbox: no client ${id}`);
    return client;
  }
}
