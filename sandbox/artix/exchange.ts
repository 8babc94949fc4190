import { jsonAnswer, type SandboxAnswer } from '../shared/answers.ts';
import type { Clock, SandboxRequest } from '../shared/server.ts';
import type { Target } from './commands.ts';
import { lowered } from './interchange.ts';
import { type ArtixLoad, carryOutLoad, newLoad } from './loads.ts';
import { errorAnswer } from './rest.ts';
import type { RecordWrite } from './writes.ts';

/** How one load over HTTP goes wrong. `refuse`: answered with `success: false`. `fail`: STATUS_ERROR, nothing loaded. `report-error`: loaded, yet STATUS_READY_WITH_ERROR. `silent`: loaded, and nobody is called. */
export interface HttpLoadFault {
  kind: 'refuse' | 'fail' | 'report-error' | 'silent';
  /** How many loads it hits, default 1. */
  times?: number;
}

const STATES = '/CSrest/rest/dicts/backOfficeState/';
const DESKS = '/CSrest/rest/dicts/cashLoad/';
const CALL_MS = 5000;

/** The exchange service: takes an array of commands, answers that it is queued, and calls back how the load went. */
export class ArtixHttpExchange {
  /** Every load taken, oldest first. */
  readonly loads: ArtixLoad[] = [];
  /** Answers to the calls back: method, path, HTTP status (0: nobody there), body. */
  readonly callbacks: { call: string; status: number; body: string }[] = [];
  private readonly target: Target;
  private readonly clock: Clock;
  private readonly record: RecordWrite;
  private faults: { kind: HttpLoadFault['kind']; left: number }[] = [];
  private underWay: Promise<void> = Promise.resolve();

  constructor(target: Target, clock: Clock, record: RecordWrite) {
    this.target = target;
    this.clock = clock;
    this.record = record;
  }

  /** Plans a fault. */
  addFault(fault: HttpLoadFault): void {
    this.faults.push({ kind: fault.kind, left: fault.times ?? 1 });
  }

  /** Resolves when every call back that is due has been made. */
  async calledBack(): Promise<void> {
    for (let before: Promise<void> | undefined; before !== this.underWay; ) {
      before = this.underWay;
      await before;
    }
  }

  /** Answers a call below `/aifexchange/`. */
  answer(request: SandboxRequest, path: string): SandboxAnswer {
    const { options } = this.target.state;
    if (path !== options.exchangePath) return errorAnswer(404, 404, 'no such service');
    if (request.method !== 'POST') return errorAnswer(405, 405, 'method not allowed');
    const shop = request.query.get('shopcode') ?? '';
    const id = request.query.get('dictionaryid') ?? '';
    if (shop === '' || id === '') return this.said(false, 'не указан магазин или справочник');
    if (options.shopCodes !== null && !options.shopCodes.includes(shop)) return this.said(false, 'неизвестный магазин');
    let commands: unknown;
    try {
      commands = JSON.parse(request.body.toString('utf8'));
    } catch {
      commands = null;
    }
    if (!Array.isArray(commands)) return this.said(false, 'тело не является массивом команд');
    const fault = this.fault();
    if (fault === 'refuse') return this.said(false, 'очередь переполнена');
    const load = newLoad(id, this.clock);
    load.commands = commands.length;
    this.loads.push(load);
    if (fault === 'fail') load.status = 'STATUS_ERROR';
    else {
      const values = options.formatVersion === 1 ? commands.map(lowered) : commands;
      const lines = values.map((value) => ({ line: 1, value }));
      carryOutLoad(load, lines, { target: this.target, record: this.record, route: 'http', failed: fault === 'report-error' });
    }
    const address = request.query.get('addressstatusserver');
    if (address !== null && options.callsBack && fault !== 'silent') {
      this.underWay = this.underWay.then(() => this.callBack(`http://${address}`, shop, load));
    }
    return this.said(true, 'принято в обработку');
  }

  private said(success: boolean, message: string): SandboxAnswer {
    const text = JSON.stringify({ success, message });
    if (this.target.state.options.answerCharset === 'utf-8') return jsonAnswer(200, { success, message });
    return { status: 200, headers: { 'content-type': 'application/json; charset=windows-1251' }, body: cp1251(text) };
  }

  /** DURING, then how it ended, by the converter; then the same by each cash desk. */
  private async callBack(base: string, shop: string, load: ArtixLoad): Promise<void> {
    const body = (status: string): object => ({
      messageEn: 'dictionary load',
      messageRu: 'загрузка справочника',
      status,
      format: 'ARTIXINTERCHANGE',
      fileName: '',
    });
    const answered = await this.call(base, 'POST', `${STATES}${shop}`, body('STATUS_DURING'));
    const id = parsedId(answered);
    if (id === null) return;
    await this.call(base, 'PUT', `${STATES}${shop}/${id}`, body(load.status));
    if (load.status === 'STATUS_ERROR') return;
    for (const desk of this.target.state.options.cashDesks) await this.call(base, 'PUT', `${DESKS}${shop}/${desk}/${id}`, body(load.status));
  }

  private async call(base: string, method: string, path: string, body: object): Promise<string> {
    let status = 0;
    let text = '';
    try {
      const response = await fetch(base + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(CALL_MS),
      });
      status = response.status;
      text = await response.text();
    } catch {
      // Nobody listens: the vendor goes on without.
    }
    this.callbacks.push({ call: `${method} ${path}`, status, body: text });
    return status === 200 ? text : '';
  }

  private fault(): HttpLoadFault['kind'] | undefined {
    const [hit] = this.faults;
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.faults.shift();
    return hit.kind;
  }
}

/** The id in an answer: a JSON string. */
const parsedId = (text: string): string | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
};

/** Russian text as cp1251: А–я lie together from 0xC0 on. */
const cp1251 = (text: string): Buffer =>
  Buffer.from(
    [...text].map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      return code < 0x80 ? code : code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : 0x3f;
    }),
  );
