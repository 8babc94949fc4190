import { emptyAnswer, jsonAnswer, type SandboxAnswer } from '../shared/answers.ts';
import { offsetText } from '../shared/local-time.ts';
import { type ArtixAccounts, type Asset, type AssetOrder, RequestRefused } from './accounts.ts';
import type { ArtixOptions } from './options.ts';
import { askedPage, bodyObject, errorAnswer, lastPart, oneOrMissing, pageAnswer, type RestCall } from './rest.ts';
import type { JsonObject } from './values.ts';
import type { RecordWrite } from './writes.ts';

const text = (body: JsonObject, name: string): string => {
  const value = body[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};

/** A time with an offset written `+03:00` or `+0300`; undefined when absent, refused when it is neither. */
const instant = (body: JsonObject, name: string): number | undefined => {
  const value = text(body, name);
  if (value === '') return undefined;
  const at = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(at)) throw new RequestRefused(400, 111, `${name} is not a time`);
  return at;
};

/** The bonus server's REST: accounts, bonus cards, assets. Amounts are whole kopecks. */
export class Acc {
  private readonly accounts: ArtixAccounts;
  private readonly options: ArtixOptions;
  private readonly record: RecordWrite;

  constructor(accounts: ArtixAccounts, options: ArtixOptions, record: RecordWrite) {
    this.accounts = accounts;
    this.options = options;
    this.record = record;
  }

  /** Answers a call below `/ACC/rest/v1/`. */
  answer(call: RestCall): SandboxAnswer {
    const route = `${call.method} ${call.path.replace(/^cards\/[^/]+$/, 'cards/*')}`;
    switch (route) {
      case 'POST accounts':
        return this.openAccount(call);
      case 'GET accounts/bypage':
        return this.accountPage(call);
      case 'POST cards':
        return this.postCard(call);
      case 'PUT cards/*':
        return this.putCard(call);
      case 'GET cards/*':
        return oneOrMissing(this.shownCard(lastPart(call.path)), this.options);
      case 'POST assets':
        return this.postAsset(call);
      case 'GET assets':
        return this.listAssets(call);
      default:
        return /^(accounts(\/bypage)?|cards(\/[^/]+)?|assets)$/.test(call.path) ? errorAnswer(405, 405, 'method not allowed') : emptyAnswer(404);
    }
  }

  private openAccount(call: RestCall): SandboxAnswer {
    const body = bodyObject(call.request);
    const number = text(body, 'number');
    this.accounts.open(number);
    this.record('acc', 'POST accounts', number, body);
    return jsonAnswer(200, { number, ...this.accounts.balance(number) });
  }

  private accountPage(call: RestCall): SandboxAnswer {
    const { query } = call.request;
    const starting = query.get('number_starting') ?? '';
    const numbers = [...this.accounts.accounts.keys()].filter((number) => number.startsWith(starting));
    const { start, size, totalDelta } = askedPage(call, this.options, this.options.pageCap);
    const withCards = ['1', 'true'].includes(query.get('withCards') ?? '');
    const content = numbers.slice(start, start + size).map((number) => ({
      number,
      ...this.accounts.balance(number),
      ...(withCards ? { cards: this.accounts.cardsOf(number) } : {}),
    }));
    return pageAnswer(content, numbers.length + totalDelta, this.options);
  }

  private postCard(call: RestCall): SandboxAnswer {
    const body = bodyObject(call.request);
    const number = text(body, 'number');
    this.accounts.putCard({ number, accountNumber: text(body, 'accountNumber'), status: text(body, 'status') });
    this.record('acc', 'POST cards', number, body);
    return jsonAnswer(200, this.shownCard(number));
  }

  private putCard(call: RestCall): SandboxAnswer {
    const number = lastPart(call.path);
    const known = this.accounts.cards.get(number);
    if (known === undefined) return emptyAnswer(404);
    const body = bodyObject(call.request);
    this.accounts.putCard({ ...known, status: text(body, 'status') });
    this.record('acc', 'PUT cards', number, body);
    return jsonAnswer(200, this.shownCard(number));
  }

  private shownCard(number: string): object | undefined {
    const card = this.accounts.cards.get(number);
    return card === undefined ? undefined : { ...card, ...this.accounts.balance(card.accountNumber) };
  }

  private postAsset(call: RestCall): SandboxAnswer {
    const body = bodyObject(call.request);
    const sessionId = text(body, 'sessionId');
    if (sessionId === '') throw new RequestRefused(400, 112, 'sessionId is empty');
    const type = text(body, 'type');
    if (!['ADD', 'SUB', 'PUT'].includes(type)) throw new RequestRefused(400, 109, 'unknown asset type');
    const from = instant(body, 'timeBeginAccept');
    const order: AssetOrder = {
      sessionId,
      type,
      amount: typeof body.amount === 'number' ? body.amount : Number.NaN,
      cardNumber: text(body, 'cardNumber'),
      acceptId: text(body, 'acceptId') || '0',
      additionalInfo: text(body, 'additionalInfo'),
      cancelOthers: call.request.query.get('cancelOthers') === 'true',
      ...(from === undefined ? {} : { from }),
    };
    const repeated = this.accounts.knows(sessionId);
    const asset = this.accounts.book(order);
    if (!repeated) this.record('acc', 'POST assets', order.cardNumber, body);
    return jsonAnswer(200, this.shownAsset(asset, false));
  }

  private listAssets(call: RestCall): SandboxAnswer {
    const { query } = call.request;
    const cardNumber = query.get('cardNumber');
    const account = query.get('accountNumber') ?? this.accounts.cards.get(cardNumber ?? '')?.accountNumber;
    if (account === undefined) return jsonAnswer(200, []);
    const type = query.get('type');
    const rows = this.accounts.of(account).filter((asset) => (cardNumber ?? asset.cardNumber) === asset.cardNumber && (type ?? asset.type) === asset.type);
    if (query.get('sortByTimeDescending') === '1') rows.reverse();
    const { start, size } = askedPage(call, this.options, this.options.assetCap);
    const withTransactions = query.get('withTransactions') === '1';
    return jsonAnswer(
      200,
      rows.slice(start, start + size).map((asset) => this.shownAsset(asset, withTransactions)),
    );
  }

  private shownAsset(asset: Asset, withTransactions: boolean): object {
    const { delta, lastSource, time: at, ...rest } = asset;
    const time = offsetText(at, this.options.zone);
    const moved = { type: asset.type, amount: Math.abs(delta), time, sessionId: asset.sessionId };
    return {
      ...rest,
      time,
      lastReason: asset.state === 'CANCELLED' ? 'cancelOthers' : '',
      lastSource,
      ...(withTransactions ? { assetTransactions: [moved] } : {}),
    };
  }
}
