/** Readings and look-ups of bonus accounts. */
import type { Context } from '../../core/context.ts';
import type { Batch, Found, Json, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { inOrder } from '../shared/ahead.ts';
import { isObject, text } from '../shared/records.ts';
import { type Accounts, bonusBody, type CardAccount } from './accounts.ts';
import { readPages } from './pages.ts';
import { batchOf, checked, foundOf, type Row, type Span, widen } from './rows.ts';
import type { Answer } from './server.ts';
import type { AccountsSettings } from './settings-calls.ts';

/** Accounts to a batch: each is a call of its own. */
const ACCOUNTS_IN_BATCH = 200;

/**
 * Reads the bonus accounts. `cards`: the cards of the cash server name the accounts, each card is asked for, several at a time;
 * of several cards of one account the first in order of number speaks for it. `accounts`: the bonus server's own list, which also
 * serves where the cash server has no list of cards.
 */
export async function* readBonuses(
  ctx: Context,
  accounts: Accounts,
  settings: AccountsSettings,
  cards: (() => Promise<readonly Json[] | null>) | null,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const seen = new Set<string>();
  const listed = cards === null ? null : await cards();
  const numbers = cardNumbers(listed ?? []);
  if (settings.source === 'accounts' || listed === null) {
    yield* readAccountPages(ctx, accounts, settings, numbers, seen, signal);
    return;
  }
  yield* readCards(ctx, accounts, numbers, seen, signal);
}

/** The numbers of cards with the ids under which the cash server keeps them, in order of number. */
function cardNumbers(rows: readonly Json[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const row of rows) {
    const number = isObject(row) ? text(row.number) : '';
    if (isObject(row) && number !== '') ids.set(number, text(row.idcard));
  }
  return new Map([...ids].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function* readCards(
  ctx: Context,
  accounts: Accounts,
  numbers: ReadonlyMap<string, string>,
  seen: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const tasks = function* () {
    for (const [number, idcard] of numbers) {
      yield async (stop: AbortSignal) => ({ idcard, ...(await accounts.card(number, stop)) });
    }
  };
  let part: Row[] = [];
  let span: Span = { began: ctx.clock.now(), ended: ctx.clock.now() };
  let asked = 0;
  for await (const { idcard, ...answer } of inOrder(tasks(), ctx.concurrency, signal)) {
    const { began, ended } = answer;
    span = asked % ACCOUNTS_IN_BATCH === 0 ? { began, ended } : widen(span, began, ended);
    asked += 1;
    const row = bonusRow(answer, idcard);
    if (row !== null) part.push(row);
    if (asked % ACCOUNTS_IN_BATCH === 0 && asked < numbers.size) {
      yield batchOf('bonuses', part, span, false, seen);
      part = [];
    }
  }
  yield batchOf('bonuses', part, span, true, seen);
}

/** The list of accounts with their cards; where the list shows no balance, the account's first card is asked for it. */
async function* readAccountPages(
  ctx: Context,
  accounts: Accounts,
  settings: AccountsSettings,
  numbers: ReadonlyMap<string, string>,
  seen: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const fetch = (query: Readonly<Record<string, string>>): Promise<Answer> => accounts.page({ ...query, withCards: 'true' }, signal);
  for await (const page of readPages(fetch, identifyAccount, settings.pages, ACCOUNT_PAGE)) {
    const tasks = page.rows.map((row) => (stop: AbortSignal) => accountOf(accounts, row, page, stop));
    const rows: Row[] = [];
    let span: Span = page;
    for await (const answer of inOrder(tasks, ctx.concurrency, signal)) {
      // An account must hang on its card, or its points would belong to nobody; by custom a card's id is its number.
      const number = text(answer.body?.cardNumber);
      const account = bonusRow(answer, numbers.get(number) || number);
      if (account !== null) rows.push(account);
      span = widen(span, answer.began, answer.ended);
    }
    yield batchOf('bonuses', rows, span, page.end === 'proven', seen, page.total);
    if (page.end === 'doubtful') ctx.log.warn('the pages of accounts do not add up: no snapshot', { system: ctx.system, rows: seen.size });
  }
}

/**
 * Cards where the cash server has no list of them: the bonus server's accounts name their cards, and each is asked for by its number,
 * which by custom is its id. A card without an account stays unseen; a create looks at the id before it writes.
 */
export async function* readCardsOfAccounts(
  ctx: Context,
  accounts: Accounts,
  settings: AccountsSettings,
  card: (number: string, signal: AbortSignal) => Promise<Found>,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const fetch = (query: Readonly<Record<string, string>>): Promise<Answer> => accounts.page({ ...query, withCards: 'true' }, signal);
  const seen = new Set<string>();
  for await (const page of readPages(fetch, identifyAccount, settings.pages, ACCOUNT_PAGE)) {
    const tasks = page.rows.flatMap(cardsOf).map((number) => (stop: AbortSignal) => card(number, stop));
    const records: VendorRecord[] = [];
    const rejected: RejectedRecord[] = [];
    let span: Span = page;
    for await (const found of inOrder(tasks, ctx.concurrency, signal)) {
      records.push(...(found.records.get('cards') ?? []));
      rejected.push(...found.rejected);
      span = widen(span, found.began, found.ended);
    }
    const rows: Row[] = [...records.map((record) => ({ record })), ...rejected.map((one) => ({ rejected: one }))];
    yield batchOf('cards', rows, span, page.end === 'proven', seen);
  }
}

/** Numbers of an account's cards. */
function cardsOf(row: Json): string[] {
  const cards = isObject(row) && Array.isArray(row.cards) ? (row.cards as readonly Json[]) : [];
  return cards.map((card) => (isObject(card) ? text(card.number) : text(card))).filter((number) => number !== '');
}

const ACCOUNT_PAGE = 'Artix ACC: page of accounts';

const identifyAccount = (row: Json): string | null => accountNumberOf(row) || null;

function accountNumberOf(row: Json): string {
  return isObject(row) ? text(row.accountNumber) || text(row.number) : '';
}

/** An account of the list as a body; an account without a card cannot be reached by an adjustment and is left out. */
async function accountOf(accounts: Accounts, row: Json, page: Span, signal: AbortSignal): Promise<CardAccount> {
  const cards = isObject(row) && Array.isArray(row.cards) ? (row.cards as readonly Json[]) : [];
  const number = cardsOf(row).sort()[0];
  if (number === undefined) return { body: null, began: page.began, ended: page.ended };
  const card = cards.find((one) => isObject(one) && text(one.number) === number);
  const shown = { ...(isObject(row) ? row : {}), ...(isObject(card) ? card : {}), accountNumber: accountNumberOf(row) };
  const body = bonusBody(shown, number);
  return body.balance === undefined ? accounts.card(number, signal) : { body, covers: Object.keys(body), began: page.began, ended: page.ended };
}

/** An account as a row; null where the card has none. */
function bonusRow({ body, covers }: CardAccount, idcard: string | null): Row | null {
  if (body === null) return null;
  return checked('bonuses', body, idcard === null || idcard === '' ? undefined : { stream: 'cards', key: idcard }, covers);
}

/** The account of a card; `idcard` tells under which id the cash server keeps that card. */
export async function findByCard(
  accounts: Accounts,
  cardNumber: string,
  idcard: (number: string) => Promise<string | null>,
  signal: AbortSignal,
): Promise<Found> {
  const answer = await accounts.card(cardNumber, signal);
  const { body, began, ended } = answer;
  return foundOf('bonuses', body === null ? null : bonusRow(answer, await idcard(cardNumber)), { began, ended });
}

/** An account by its number, looked for in the list of accounts whose numbers begin so. */
export async function findAccount(
  accounts: Accounts,
  settings: AccountsSettings,
  number: string,
  idcard: (number: string) => Promise<string | null>,
  signal: AbortSignal,
): Promise<Found> {
  const fetch = (query: Readonly<Record<string, string>>): Promise<Answer> => accounts.page({ ...query, withCards: 'true', number_starting: number }, signal);
  let span: Span | null = null;
  for await (const page of readPages(fetch, identifyAccount, settings.pages, ACCOUNT_PAGE)) {
    span = span === null ? page : widen(span, page.began, page.ended);
    const row = page.rows.find((one) => accountNumberOf(one) === number);
    if (row === undefined && page.end === 'doubtful') {
      throw new ContractError('VENDOR_ANSWER', `${ACCOUNT_PAGE}: the pages do not add up, so nothing is known to be missing`);
    }
    if (row === undefined) continue;
    const answer = await accountOf(accounts, row, page, signal);
    const { body, began, ended } = answer;
    return foundOf('bonuses', body === null ? null : bonusRow(answer, await idcard(text(body.cardNumber))), widen(span, began, ended));
  }
  return foundOf('bonuses', null, span ?? { began: 0, ended: 0 });
}
