/** The journal of assets: every movement of a bonus account as the bonus server booked it. */
import type { Context } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import type { JournalEntry, JournalProbe } from '../../core/journal.ts';
import { isObject, text } from '../shared/records.ts';
import { integerForm } from './forms.ts';
import type { Server } from './server.ts';
import type { AccountsSettings } from './settings-calls.ts';

/** "500 records at most", whatever page size is asked for. */
const PAGE = 500;
/** Directions of the types; an asset that puts the balance *to* an amount (PUT) does not tell what it moved. */
const SIGNS: ReadonlyMap<string, 1 | -1> = new Map([
  ['ADD', 1],
  ['BACK', 1],
  ['SUB', -1],
  ['PAY', -1],
  ['FIRED', -1],
]);

/** State of an asset that counts (the vendor's spelling); `NON_CONFIRMED` and `CANCELLED` do not. */
export const BOOKED = 'COMMITED';

/** Reads the journal page by page, the newest first. A page that brings nothing new, or is shorter than the first, ends it. */
export async function* readJournal(
  ctx: Context,
  server: Server,
  settings: AccountsSettings,
  account: JournalProbe,
  signal: AbortSignal,
): AsyncGenerator<JournalEntry, void, undefined> {
  const { pages, paths } = settings;
  const seen = new Set<string>();
  let longest = 0;
  for (let index = 0; ; index += 1) {
    const query = {
      ...(account.key !== undefined && { accountNumber: account.key }),
      ...(account.cardNumber !== undefined && { cardNumber: account.cardNumber }),
      withTransactions: '1',
      sortByTimeDescending: '1',
      [pages.pageParameter]: String(pages.firstPage + index),
      [pages.sizeParameter]: String(PAGE),
    };
    const { json, status } = await server.get(paths.assets, { query }, signal);
    const rows = rowsOf(json, status, paths.assets);
    const fresh = rows.map(entryOf).filter((entry): entry is JournalEntry => entry !== null && !seen.has(entry.id));
    for (const entry of fresh) {
      seen.add(entry.id);
      yield entry;
    }
    longest = Math.max(longest, rows.length);
    if (fresh.length === 0 || rows.length < longest) break;
  }
  ctx.log.debug('journal read', { system: ctx.system, entries: seen.size });
}

function rowsOf(json: Json | undefined, status: number, path: string): readonly Json[] {
  if (json === undefined) return [];
  if (Array.isArray(json)) return json;
  throw new ContractError('VENDOR_ANSWER', `Artix ACC: GET ${path} answered HTTP ${status} without a list`);
}

function entryOf(row: Json): JournalEntry | null {
  const id = isObject(row) ? text(row.sessionId) : '';
  if (!isObject(row) || id === '') return null;
  const type = text(row.type);
  return {
    id,
    type,
    delta: deltaOf(type, row),
    at: timeOf(text(row.time)),
    state: text(row.state),
    booked: text(row.state) === BOOKED,
    cardNumber: text(row.cardNumber),
  };
}

/** What an asset did to the balance: of a PUT what its transaction says, where that names another type. */
function deltaOf(type: string, row: { readonly [name: string]: Json }): number | null {
  const sign = SIGNS.get(type);
  const amount = integerForm(row.amount ?? null);
  return sign === undefined || typeof amount !== 'number' ? null : sign * amount;
}

/** ISO with an offset in either spelling, `+0700` and `+07:00`; null for anything else. */
function timeOf(said: string): number | null {
  const at = Date.parse(said.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return /[+-]\d{2}:?\d{2}$|Z$/.test(said) && !Number.isNaN(at) ? at : null;
}
