import type { Clock } from '../shared/server.ts';
import type { ArtixOptions } from './options.ts';

/** A request the bonus server refuses with `{errorCode, message}`. */
export class RequestRefused extends Error {
  readonly status: number;
  readonly errorCode: number;

  constructor(status: number, errorCode: number, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

/** A bonus card; its account carries the balance. */
export interface AccountCard {
  number: string;
  accountNumber: string;
  status: string;
}

/** One movement on an account, amounts in kopecks. `delta` is what it did to the balance. */
export interface Asset {
  sessionId: string;
  type: string;
  amount: number;
  cardNumber: string;
  accountNumber: string;
  acceptId: string;
  additionalInfo: string;
  state: 'COMMITED' | 'CANCELLED';
  terminalId: string;
  lastSource: string;
  time: number;
  delta: number;
}

/** What a caller asks to book. `from` is the instant from which an accrual counts. */
export interface AssetOrder {
  sessionId: string;
  type: string;
  amount: number;
  cardNumber: string;
  acceptId?: string;
  additionalInfo?: string;
  from?: number;
  cancelOthers?: boolean;
  terminalId?: string;
}

interface Account {
  number: string;
  balance: number;
  /** Accruals that do not count yet. */
  pending: { from: number; amount: number }[];
}

const STATUSES = ['EARN_ONLY', 'EARN_PAY', 'PAY_ONLY', 'NO_OPERATION'];
const PLUS = ['ADD', 'BACK'];
const MINUS = ['SUB', 'PAY', 'FIRED'];

/** Accounts, bonus cards and assets of the bonus server. */
export class ArtixAccounts {
  readonly accounts = new Map<string, Account>();
  readonly cards = new Map<string, AccountCard>();
  private readonly numbersByAccount = new Map<string, Set<string>>();
  private readonly assets = new Map<string, Asset[]>();
  private readonly sessions = new Map<string, Asset>();
  private readonly options: ArtixOptions;
  private readonly clock: Clock;

  constructor(options: ArtixOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Opens an account; a known number stays as it is. Returns whether it is new. */
  open(number: string): boolean {
    if (number === '') throw new RequestRefused(400, 101, 'account number is empty');
    if (this.accounts.has(number)) return false;
    this.accounts.set(number, { number, balance: 0, pending: [] });
    return true;
  }

  /** Creates or changes a bonus card; its account must exist. */
  putCard(card: AccountCard): void {
    if (card.number === '') throw new RequestRefused(400, 102, 'card number is empty');
    if (!STATUSES.includes(card.status)) throw new RequestRefused(400, 103, 'unknown card status');
    if (!this.accounts.has(card.accountNumber)) throw new RequestRefused(400, 104, 'no such account');
    const before = this.cards.get(card.number)?.accountNumber;
    if (before !== undefined) this.numbersByAccount.get(before)?.delete(card.number);
    const numbers = this.numbersByAccount.get(card.accountNumber) ?? new Set<string>();
    this.numbersByAccount.set(card.accountNumber, numbers.add(card.number));
    this.cards.set(card.number, { ...card });
  }

  /** Bonus cards of an account. */
  cardsOf(accountNumber: string): AccountCard[] {
    const numbers = this.numbersByAccount.get(accountNumber) ?? [];
    return [...numbers].flatMap((number) => this.cards.get(number) ?? []);
  }

  /** Active and inactive balance of an account in kopecks. */
  balance(accountNumber: string): { balance: number; balanceInactive: number } {
    const account = this.accounts.get(accountNumber);
    if (account === undefined) return { balance: 0, balanceInactive: 0 };
    const now = this.clock();
    for (const part of account.pending) if (part.from <= now) account.balance += part.amount;
    account.pending = account.pending.filter((part) => part.from > now);
    return { balance: account.balance, balanceInactive: account.pending.reduce((sum, part) => sum + part.amount, 0) };
  }

  /** Books a movement. A repeated `sessionId` never books twice. */
  book(order: AssetOrder): Asset {
    const done = this.sessions.get(order.sessionId);
    if (done !== undefined) {
      if (this.options.repeatedSession === 'error') throw new RequestRefused(400, 105, 'sessionId is not unique');
      return done;
    }
    const card = this.cards.get(order.cardNumber);
    if (card === undefined) throw new RequestRefused(400, 106, 'no such card');
    if (this.options.statusChecked) checkStatus(card.status, order.type);
    const { balance } = this.balance(card.accountNumber);
    const delta = deltaOf(order, balance);
    if (delta < 0 && balance + delta < 0 && this.options.overdraft === 'refuse') throw new RequestRefused(400, 107, 'insufficient balance');
    if (order.cancelOthers !== true || delta < 0) return this.commit(order, card.accountNumber, delta);
    this.cancelAccruals(card.accountNumber);
    return this.commit(order, card.accountNumber, deltaOf(order, this.balance(card.accountNumber).balance));
  }

  /** Assets of an account, the oldest first. */
  of(accountNumber: string): readonly Asset[] {
    return this.assets.get(accountNumber) ?? [];
  }

  /** Whether a session has been booked. */
  knows(sessionId: string): boolean {
    return this.sessions.has(sessionId);
  }

  private commit(order: AssetOrder, accountNumber: string, delta: number): Asset {
    const now = this.clock();
    const account = this.accounts.get(accountNumber);
    if (account === undefined) throw new RequestRefused(400, 104, 'no such account');
    if (order.from !== undefined && order.from > now && delta > 0) account.pending.push({ from: order.from, amount: delta });
    else account.balance += delta;
    const { sessionId, type, amount, cardNumber } = order;
    const asset: Asset = {
      sessionId,
      type,
      amount,
      cardNumber,
      accountNumber,
      acceptId: order.acceptId ?? '0',
      additionalInfo: order.additionalInfo ?? '',
      state: 'COMMITED',
      terminalId: order.terminalId ?? '',
      lastSource: order.terminalId === undefined ? 'REST' : 'CASH',
      time: now,
      delta,
    };
    const own = this.assets.get(accountNumber);
    if (own === undefined) this.assets.set(accountNumber, [asset]);
    else own.push(asset);
    this.sessions.set(sessionId, asset);
    return asset;
  }

  /** Annuls earlier accruals as far as the balance goes. */
  private cancelAccruals(accountNumber: string): void {
    const account = this.accounts.get(accountNumber);
    if (account === undefined) return;
    for (const asset of this.of(accountNumber)) {
      if (asset.state === 'CANCELLED' || asset.delta <= 0) continue;
      asset.state = 'CANCELLED';
      account.balance = Math.max(0, account.balance - asset.delta);
    }
    account.pending = [];
  }
}

const deltaOf = (order: AssetOrder, balance: number): number => {
  if (!Number.isSafeInteger(order.amount) || order.amount < 0) throw new RequestRefused(400, 108, 'amount must be a whole number of kopecks');
  if (PLUS.includes(order.type)) return order.amount;
  if (MINUS.includes(order.type)) return -order.amount;
  if (order.type === 'PUT') return order.amount - balance;
  throw new RequestRefused(400, 109, 'unknown asset type');
};

const checkStatus = (status: string, type: string): void => {
  const earns = PLUS.includes(type) && (status === 'EARN_ONLY' || status === 'EARN_PAY');
  const pays = MINUS.includes(type) && (status === 'PAY_ONLY' || status === 'EARN_PAY');
  if (!earns && !pays && type !== 'PUT') throw new RequestRefused(400, 110, 'the card status forbids it');
};
