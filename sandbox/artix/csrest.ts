import { emptyAnswer, jsonAnswer, type SandboxAnswer } from '../shared/answers.ts';
import { cardGroupRules, cardRules, clientRules, type Reading, readClient, readFields } from './fields.ts';
import { askedPage, bodyObject, errorAnswer, lastPart, oneOrMissing, pageAnswer, type RestCall } from './rest.ts';
import type { ArtixState, Dictionary } from './state.ts';
import type { ArtixObject, FieldRule, JsonObject } from './values.ts';
import type { RecordWrite } from './writes.ts';

const READING: Reading = { lowered: false, optionKeys: 'both' };

const SYSTEM_INFO = {
  version: '4.6.200',
  buildNumber: '1',
  buildDate: '2024-01-01 00:00:00',
  commit: 'sandbox',
  versionREst: '1.0',
  dictThreadPoolSize: 4,
  saleThreadPoolSize: 4,
  exchangeThreadPoolSize: 4,
  salerunThreadPoolSize: 4,
  salesLoadModes: [],
};

/** The cash server's REST: dictionaries of clients, cards and card groups. */
export class CsRest {
  private readonly state: ArtixState;
  private readonly record: RecordWrite;
  private lastGroup = 1000;

  constructor(state: ArtixState, record: RecordWrite) {
    this.state = state;
    this.record = record;
  }

  /** Answers a call below `/CSrest/rest/`. */
  answer(call: RestCall): SandboxAnswer {
    const { path } = call;
    if (path === 'system/info') return call.method === 'GET' ? jsonAnswer(200, SYSTEM_INFO) : notAllowed();
    if (path.startsWith('dictionaries/clients')) return this.clients(call, path.slice('dictionaries/clients'.length));
    if (path.startsWith('dictionaries/cardGroups')) return this.groups(call);
    if (path.startsWith('dictionaries/cards')) return this.cards(call, path.slice('dictionaries/cards'.length));
    return emptyAnswer(404);
  }

  private clients(call: RestCall, rest: string): SandboxAnswer {
    const { clients } = this.state;
    if (rest === '' && call.method === 'GET') return this.all(clients, clientRules);
    if (rest === '' && call.method === 'POST') return this.postClient(call);
    if (rest === '/bypage' && call.method === 'GET') return this.page(call, clients, clientRules);
    if (!/^\/id\/[^/]+$/.test(rest)) return rest === '' || rest === '/bypage' ? notAllowed() : emptyAnswer(404);
    const id = lastPart(rest);
    if (call.method === 'GET') return oneOrMissing(this.shown(clients.get(id), clientRules), this.state.options);
    if (call.method !== 'DELETE') return notAllowed();
    if (!clients.delete(id)) return emptyAnswer(this.state.options.missingStatus);
    this.record('csrest', 'DELETE dictionaries/clients/id', id, undefined);
    return emptyAnswer(200);
  }

  private postClient(call: RestCall): SandboxAnswer {
    const body = bodyObject(call.request);
    const client = this.state.putClient(readClient(body, READING), this.state.options.restWrite);
    return this.posted('clients', String(client.idclient), body, this.shown(client, clientRules));
  }

  private cards(call: RestCall, rest: string): SandboxAnswer {
    const { cards, options } = this.state;
    if (rest === '' && call.method === 'POST') {
      const body = bodyObject(call.request);
      const card = this.state.putCard(readFields(body, cardRules, READING), options.restWrite);
      return this.posted('cards', String(card.idcard), body, this.shown(card, cardRules));
    }
    if (call.method !== 'GET') return notAllowed();
    if (/^\/id\/[^/]+$/.test(rest)) return oneOrMissing(this.shown(cards.get(lastPart(rest)), cardRules), options);
    if (!options.listsCards) return emptyAnswer(404);
    if (rest === '') return this.all(cards, cardRules);
    return rest === '/bypage' ? this.page(call, cards, cardRules) : emptyAnswer(404);
  }

  private groups(call: RestCall): SandboxAnswer {
    if (call.path !== 'dictionaries/cardGroups') return emptyAnswer(404);
    const { groups, options } = this.state;
    if (call.method === 'GET') return options.listsCards ? this.all(groups, cardGroupRules) : emptyAnswer(404);
    if (call.method !== 'POST') return notAllowed();
    const body = bodyObject(call.request);
    const said = readFields(body, cardGroupRules, READING);
    if (options.assignsGroupIds) {
      this.lastGroup += 1;
      said.values.idcardgroup = this.lastGroup;
    }
    const { idcardgroup } = this.state.putGroup(said);
    this.record('csrest', 'POST dictionaries/cardGroups', String(idcardgroup), body);
    return jsonAnswer(200, { idcardgroup });
  }

  private posted(dictionary: string, key: string, body: JsonObject, object: object | undefined): SandboxAnswer {
    this.record('csrest', `POST dictionaries/${dictionary}`, key, body);
    return this.state.options.postAnswer === 'empty' || object === undefined ? emptyAnswer(200) : jsonAnswer(200, object);
  }

  private all(dictionary: Dictionary, rules: Record<string, FieldRule>): SandboxAnswer {
    return jsonAnswer(200, this.rows(dictionary, 0, Number.POSITIVE_INFINITY, rules));
  }

  private page(call: RestCall, dictionary: Dictionary, rules: Record<string, FieldRule>): SandboxAnswer {
    const { options } = this.state;
    const { start, size, totalDelta } = askedPage(call, options, options.pageCap);
    return pageAnswer(this.rows(dictionary, start, size, rules), dictionary.entries.size + totalDelta, options);
  }

  private rows(dictionary: Dictionary, start: number, size: number, rules: Record<string, FieldRule>): object[] {
    return dictionary.slice(start, size).flatMap<object>((row) => this.shown(row, rules) ?? []);
  }

  /** An object as REST shows it: empty fields and the server's own columns as the options say. */
  private shown(object: ArtixObject | undefined, rules: Record<string, FieldRule>): object | undefined {
    if (object === undefined) return undefined;
    const { emptyAs, showsUpdateTime } = this.state.options;
    const { update_time, ...rest } = object;
    const own = showsUpdateTime ? object : rest;
    if (emptyAs === 'omit') return own;
    const full: JsonObject = {};
    for (const [name, rule] of Object.entries(rules))
      if (emptyAs === 'null') full[name] = null;
      else if (rule.kind === 'text' || rule.kind === 'date') full[name] = '';
    return Object.assign(full, own);
  }
}

const notAllowed = (): SandboxAnswer => errorAnswer(405, 405, 'method not allowed');
