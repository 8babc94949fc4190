/** The servers of Artix behind one address: which one a call is for, and whether it may come in. */
import { emptyAnswer, type SandboxAnswer } from '../shared/answers.ts';
import { type Fault, hasFault } from '../shared/faults.ts';
import type { SandboxRequest } from '../shared/server.ts';
import type { Acc } from './acc.ts';
import { RequestRefused } from './accounts.ts';
import type { CsRest } from './csrest.ts';
import type { ArtixHttpExchange } from './exchange.ts';
import type { OnlineCard } from './online-card.ts';
import type { ArtixOptions } from './options.ts';
import { errorAnswer, type RestCall } from './rest.ts';
import { RecordRefused } from './values.ts';

const CSREST = '/CSrest/rest/';
const ACC = '/ACC/rest/v1/';
const AIF = '/aifexchange/';
const ONLINE = '/v1/cards/';

interface Servers {
  readonly csrest: CsRest;
  readonly acc: Acc;
  readonly aif: ArtixHttpExchange;
  readonly online: OnlineCard;
}

export class Doors {
  private readonly options: ArtixOptions;
  private readonly servers: Servers;

  constructor(options: ArtixOptions, servers: Servers) {
    this.options = options;
    this.servers = servers;
  }

  /** Answers one call, whichever server it is for. */
  answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer {
    const route = this.routeOf(request.path);
    if (route === undefined) return emptyAnswer(404);
    if (!this.allowed(request)) return errorAnswer(401, 401, 'authorization required');
    if (hasFault(faults, 'silent-error')) return errorAnswer(200, 500, 'internal error');
    const path = request.path.slice(route.prefix.length);
    const call: RestCall = { method: request.method, path, request, faults };
    try {
      return route.answer(call);
    } catch (error) {
      if (error instanceof RequestRefused) return errorAnswer(error.status, error.errorCode, error.message);
      if (error instanceof RecordRefused) return errorAnswer(400, 10, error.message);
      throw error;
    }
  }

  private routeOf(path: string): { prefix: string; answer: (call: RestCall) => SandboxAnswer } | undefined {
    if (path.startsWith(CSREST)) return { prefix: CSREST, answer: (call) => this.servers.csrest.answer(call) };
    if (path.startsWith(ACC)) return { prefix: ACC, answer: (call) => this.servers.acc.answer(call) };
    if (path.startsWith(AIF)) return { prefix: AIF, answer: (call) => this.servers.aif.answer(call.request, call.path) };
    return path.startsWith(ONLINE) ? { prefix: ONLINE, answer: (call) => this.servers.online.answer(call) } : undefined;
  }

  private allowed(request: SandboxRequest): boolean {
    const { basicAuth } = this.options;
    if (basicAuth === null) return true;
    const expected = Buffer.from(`${basicAuth.login}:${basicAuth.password}`, 'utf8').toString('base64');
    return request.headers.authorization === `Basic ${expected}`;
  }
}
