import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxAnswer } from '../shared/answers.ts';
import { type Fault, Faults } from '../shared/faults.ts';
import { type Clock, type LoggedRequest, type Machine, type SandboxRequest, SandboxServer } from '../shared/server.ts';
import { Acc } from './acc.ts';
import { type AccountCard, ArtixAccounts } from './accounts.ts';
import { CsRest } from './csrest.ts';
import { Doors } from './doors.ts';
import { ArtixHttpExchange } from './exchange.ts';
import { cardGroupRules, cardRules, type Reading, readClient, readFields } from './fields.ts';
import { ArtixExchange } from './files.ts';
import type { ArtixLoad } from './loads.ts';
import { OnlineCard } from './online-card.ts';
import { type ArtixOptions, defaultArtixOptions } from './options.ts';
import { ArtixState } from './state.ts';
import type { ArtixObject, JsonObject } from './values.ts';
import type { ArtixWrite, RecordWrite } from './writes.ts';

export type { AccountCard, Asset } from './accounts.ts';
export type { ArtixHttpExchange, HttpLoadFault } from './exchange.ts';
export type { ArtixExchange, FileFault } from './files.ts';
export type { ArtixLoad, LoadError, LoadStatus } from './loads.ts';
export type { ArtixOptions } from './options.ts';
export type { ArtixObject } from './values.ts';
export type { ArtixWrite } from './writes.ts';

const SEED: Reading = { lowered: false, optionKeys: 'both' };

/** Artix as one state with its ways in: CSrest, ACC, the exchange directories, the exchange service, the look-ups of online cards. */
export class ArtixSandbox implements Machine {
  readonly options: ArtixOptions;
  readonly faults = new Faults();
  readonly state: ArtixState;
  readonly accounts: ArtixAccounts;
  /** Every successful call or command with an effect, oldest first; changes made at the till are not here. */
  readonly writes: ArtixWrite[] = [];
  /** The exchange directory once {@link watch} or {@link start} named it; of several shops the first. */
  exchange: ArtixExchange | undefined;
  /** Exchange directories of all shops. */
  readonly shops: ArtixExchange[] = [];
  /** The exchange service. */
  readonly aif: ArtixHttpExchange;
  private readonly clock: Clock;
  private readonly server: SandboxServer;
  private readonly doors: Doors;
  private timer: NodeJS.Timeout | undefined;
  private lastTill = 0;

  constructor(setup: Partial<ArtixOptions> = {}, clock: Clock = Date.now) {
    this.options = { ...defaultArtixOptions, ...setup };
    this.clock = clock;
    this.state = new ArtixState(this.options, clock);
    this.accounts = new ArtixAccounts(this.options, clock);
    this.aif = new ArtixHttpExchange(this, clock, this.record);
    this.doors = new Doors(this.options, {
      csrest: new CsRest(this.state, this.record),
      acc: new Acc(this.accounts, this.options, this.record),
      aif: this.aif,
      online: new OnlineCard(this.state),
    });
    this.server = new SandboxServer(this, this.faults, clock);
  }

  /** A listener for `http.createServer`. */
  handler(): (request: IncomingMessage, response: ServerResponse) => void {
    return this.server.handler();
  }

  /** Listens on 127.0.0.1; with `files` also takes the pairs of that directory every `pollMs` (default 1000). */
  async start(port = 0, files?: { directory: string; pollMs?: number }): Promise<{ url: string; port: number }> {
    if (files !== undefined) {
      const exchange = this.watch(files.directory);
      this.timer = setInterval(() => exchange.takeFiles(), files.pollMs ?? 1000);
    }
    return this.server.start(port);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.server.stop();
  }

  /** Names an exchange directory, which must exist; nothing is taken until `takeFiles()`. A further one is another shop's. */
  watch(directory: string): ArtixExchange {
    const exchange = new ArtixExchange(directory, this, this.clock, this.record);
    this.shops.push(exchange);
    this.exchange ??= exchange;
    return exchange;
  }

  /** Takes every complete pair of the exchange directories now. */
  takeFiles(): ArtixLoad[] {
    if (this.shops.length === 0) throw new Error('no exchange directory: call watch(directory) first');
    return this.shops.flatMap((shop) => shop.takeFiles());
  }

  /** The log of requests, without secrets. */
  get requests(): LoggedRequest[] {
    return this.server.requests;
  }

  /** Clients by `idclient`; change them by {@link editClient} only. */
  get clients(): ReadonlyMap<string, Readonly<ArtixObject>> {
    return this.state.clients.entries;
  }

  /** Cards by `idcard`. */
  get cards(): ReadonlyMap<string, Readonly<ArtixObject>> {
    return this.state.cards.entries;
  }

  /** Answers one call. */
  answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer {
    return this.doors.answer(request, faults);
  }

  /** Creates a client at the cash desk. */
  addClient(fields: JsonObject & { idclient: string }): Readonly<ArtixObject> {
    return this.state.putClient(readClient(fields, SEED), 'replace');
  }

  /** Changes a client at the cash desk; null or an empty text empties a field. */
  editClient(idclient: string, patch: JsonObject): void {
    this.state.updateClient(readClient({ ...patch, idclient }, SEED));
  }

  /** Removes a client at the cash desk. */
  removeClient(idclient: string): boolean {
    return this.state.clients.delete(idclient);
  }

  /** Creates or changes a card at the cash desk. */
  addCard(fields: JsonObject & { idcard: string }): Readonly<ArtixObject> {
    return this.state.putCard(readFields(fields, cardRules, SEED), 'merge');
  }

  /** Removes a card at the cash desk. */
  removeCard(idcard: string): boolean {
    return this.state.deleteCard(idcard);
  }

  /** Creates a card group. */
  addCardGroup(fields: JsonObject & { idcardgroup: number }): Readonly<ArtixObject> {
    return this.state.putGroup(readFields(fields, cardGroupRules, SEED));
  }

  /** Creates a bonus card with its account; the account number defaults to the card's, the status to EARN_PAY. */
  addAccountCard(card: { number: string } & Partial<AccountCard>, balanceKopecks = 0): AccountCard {
    const full: AccountCard = { accountNumber: card.number, status: 'EARN_PAY', ...card };
    this.accounts.open(full.accountNumber);
    this.accounts.putCard(full);
    if (balanceKopecks > 0) this.earn(full.number, balanceKopecks);
    return full;
  }

  /** Accrues bonuses in a sale at the till, in kopecks. */
  earn(cardNumber: string, kopecks: number): void {
    this.till('ADD', cardNumber, kopecks);
  }

  /** Pays with bonuses at the till, in kopecks. */
  spend(cardNumber: string, kopecks: number): void {
    this.till('PAY', cardNumber, kopecks);
  }

  /** Active balance of a bonus card in kopecks, 0 when there is no such card. */
  balance(cardNumber: string): number {
    return this.accounts.balance(this.accounts.cards.get(cardNumber)?.accountNumber ?? '').balance;
  }

  private till(type: string, cardNumber: string, amount: number): void {
    this.lastTill += 1;
    this.accounts.book({ sessionId: `till-${this.lastTill}`, type, amount, cardNumber, terminalId: '1' });
  }

  private readonly record: RecordWrite = (route, call, key, body) => {
    this.writes.push({ route, call, key, body, at: this.clock() });
  };
}
