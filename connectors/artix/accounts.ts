/** The bonus server (ACC): accounts, their cards and the assets that change a balance. */
import type { Context } from '../../core/context.ts';
import type { Json, Outcome, PushOperation, WireBody } from '../../core/contract.ts';
import { ContractError, RecordError, SverkaError } from '../../core/errors.ts';
import type { JournalEntry, JournalProbe } from '../../core/journal.ts';
import { zoneOffset } from '../../core/zone.ts';
import { beforeWriting } from '../shared/call.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import { integerForm, withTextIds } from './forms.ts';
import { BOOKED, readJournal } from './journal.ts';
import { type Answer, openServer } from './server.ts';
import type { AccountsSettings } from './settings-calls.ts';

const DAY_MS = 86_400_000;
/** An accrual counts from a little earlier, so that a bonus server whose clock is behind ours does not hold it back. */
const CLOCK_LEEWAY_MS = 3_600_000;

/** What the bonus server says of a card: the body of a `bonuses` record, or null for a card without an account. */
export interface CardAccount {
  readonly body: WireBody | null;
  /** Of what the answer speaks, where a card's own answer may say more. */
  readonly covers?: readonly string[];
  readonly began: number;
  readonly ended: number;
}

export interface Accounts {
  /** One call that needs a login, for `check`. */
  probe(signal: AbortSignal): Promise<void>;
  /** A card with its account and balance. */
  card(number: string, signal: AbortSignal): Promise<CardAccount>;
  /** One page of the list of accounts with their cards. */
  page(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  /** Makes sure that the card has an account; a new one takes the card's number. Gives the account's number. */
  ensure(cardNumber: string, signal: AbortSignal): Promise<string>;
  /** Books one adjustment. The server knows the operation by its session, so a repetition books nothing. */
  adjust(operation: PushOperation, signal: AbortSignal): Promise<Outcome>;
  /** What was booked on an account, the newest first. */
  journal(account: JournalProbe, signal: AbortSignal): AsyncIterable<JournalEntry>;
}

export function openAccounts(ctx: Context, settings: AccountsSettings, status: string): Accounts {
  const server = openServer(ctx, 'Artix ACC', settings);
  const { paths } = settings;

  async function card(number: string, signal: AbortSignal): Promise<CardAccount> {
    const { json, began, ended } = await server.get(paths.cardByNumber, { values: { number } }, signal);
    return { body: json === undefined ? null : bonusBody(json, number), began, ended };
  }

  async function accountOf(cardNumber: string, signal: AbortSignal): Promise<string> {
    return text((await card(cardNumber, signal)).body?.accountNumber);
  }

  async function ensure(cardNumber: string, signal: AbortSignal): Promise<string> {
    const existing = await beforeWriting(() => accountOf(cardNumber, signal));
    if (existing !== '') return existing;
    try {
      await server.write('POST', paths.accounts, { body: { number: cardNumber } }, signal);
    } catch (error) {
      // The account may be there from an attempt that stopped half-way; if it is not, the card below is refused.
      if (!(error instanceof RecordError)) throw error;
      ctx.log.debug('account was not opened', { system: ctx.system, code: error.code });
    }
    const link = { accountNumber: cardNumber, number: cardNumber, status };
    try {
      await server.write('POST', paths.cards, { body: link }, signal);
      return cardNumber;
    } catch (error) {
      // A repetition within the call may be refused because its first attempt, whose answer was lost, made the card.
      const made = error instanceof RecordError ? await accountOf(cardNumber, signal) : '';
      if (made === '') throw error;
      return made;
    }
  }

  /** What the journal of a card says of our session, null where it is not there or was cancelled. The newest page is enough: the booking was tried just now. */
  async function stateOf(body: Asset, signal: AbortSignal): Promise<'booked' | 'open' | null> {
    const query = { cardNumber: body.cardNumber, type: body.type, sortByTimeDescending: '1' };
    const { json } = await server.get(paths.assets, { query }, signal);
    if (json !== undefined && !Array.isArray(json)) {
      throw new ContractError('VENDOR_ANSWER', `Artix ACC: GET ${paths.assets} answered no list`);
    }
    const journal: readonly Json[] = json ?? [];
    const states = journal.flatMap((asset) => (isObject(asset) && text(asset.sessionId) === body.sessionId ? [text(asset.state)] : []));
    if (states.includes(BOOKED)) return 'booked';
    return states.some((state) => state !== 'CANCELLED') ? 'open' : null;
  }

  /** Books an asset. Where a known session is refused instead of answered like the first time, the journal knows it. */
  async function book(body: Asset, signal: AbortSignal): Promise<Outcome | null> {
    try {
      await server.write('POST', paths.assets, { body }, signal);
      return null;
    } catch (refused) {
      if (!(refused instanceof RecordError)) throw refused;
      let state: Awaited<ReturnType<typeof stateOf>>;
      try {
        state = await stateOf(body, signal);
      } catch (error) {
        if (error instanceof SverkaError) return { kind: 'unknown', code: error.code };
        throw error;
      }
      if (state === 'booked') return null;
      // Waiting to be confirmed there: it may be booked yet.
      if (state === 'open') return { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' };
      throw refused;
    }
  }

  return {
    async probe(signal) {
      await card('0', signal);
    },
    card,
    page: (query, signal) => server.get(paths.accountsByPage, { query }, signal),
    ensure,
    journal: (account, signal) => readJournal(ctx, server, settings, account, signal),
    async adjust(operation, signal) {
      const { adjust, key, idempotencyKey } = operation;
      const cardNumber = adjust?.cardNumber ?? '';
      if (adjust === undefined || cardNumber === '') {
        return {
          kind: 'rejected',
          code: 'CARD_MISSING',
          reason: 'a balance is adjusted through a card, and none is known',
        };
      }
      if (adjust.delta === 0) return { kind: 'unchanged' };
      const account = key ?? (await ensure(cardNumber, signal));
      const body = assetOf(ctx, settings, adjust.delta, cardNumber, idempotencyKey);
      const trouble = await book(body, signal);
      if (trouble !== null) return trouble;
      return key === undefined ? { kind: 'applied', key: account } : { kind: 'applied' };
    },
  };
}

type Asset = {
  readonly sessionId: string;
  readonly type: 'ADD' | 'SUB';
  readonly amount: number;
  readonly cardNumber: string;
  readonly [name: string]: Json;
};

/** ACC `POST assets`: the amount is a positive integer of kopecks, the type its direction. */
function assetOf(ctx: Context, settings: AccountsSettings, delta: number, cardNumber: string, sessionId: string): Asset {
  const now = ctx.clock.now();
  const earns = delta > 0;
  return {
    sessionId,
    type: earns ? 'ADD' : 'SUB',
    amount: Math.abs(delta),
    cardNumber,
    acceptId: settings.acceptId,
    ...(settings.acceptWeight !== undefined && { acceptWeight: settings.acceptWeight }),
    ...(settings.additionalInfo !== undefined && { additionalInfo: settings.additionalInfo }),
    timeFromCash: isoWithOffset(ctx.zone, now),
    ...(earns && { timeBeginAccept: isoWithOffset(ctx.zone, now - CLOCK_LEEWAY_MS) }),
    ...(earns &&
      settings.validDays !== undefined && {
        timeEndAccept: isoWithOffset(ctx.zone, now + settings.validDays * DAY_MS),
      }),
  };
}

/** `2026-05-01T14:30:00.000+03:00`: a time as the bonus server takes it, in the zone of the system. */
function isoWithOffset(zone: string, utc: number): string {
  const offset = zoneOffset(zone, utc);
  const wall = new Date(utc + offset).toISOString().slice(0, -1);
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

/** The body of a `bonuses` record out of a card's answer. Amounts keep their exact integers; a missing balance is not made up. */
export function bonusBody(card: Json, cardNumber: string): WireBody {
  const source = isObject(card) ? card : {};
  const body: Record<string, Json> = { cardNumber };
  for (const name of ['accountNumber', 'status']) if (!isEmpty(source[name])) body[name] = source[name] ?? null;
  for (const name of ['balance', 'balanceInactive']) {
    if (!isEmpty(source[name])) body[name] = integerForm(source[name] ?? null);
  }
  return withTextIds('bonuses', body);
}
