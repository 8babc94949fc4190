/** Paged lists of Artix (`bypage`), whose paging the documents show only in part. */
import type { Json } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { isObject } from '../shared/records.ts';
import type { Answer } from './server.ts';
import type { PageSettings } from './settings-parts.ts';

/** Rows of one page that were not on a page before. */
export interface Page {
  readonly rows: readonly Json[];
  readonly began: number;
  readonly ended: number;
  readonly total?: number;
  /** `proven`: the end, and nothing speaks against every row having been seen. `doubtful`: the end, but rows may be missing. */
  readonly end: 'no' | 'proven' | 'doubtful';
}

interface RawPage {
  readonly rows: readonly Json[];
  readonly total?: number;
  readonly began: number;
  readonly ended: number;
}

type Query = Readonly<Record<string, string>>;
/** The key of a row, null where it has none. */
type Identify = (row: Json) => string | null;

/**
 * All pages of a list, one after the other. The end is an empty page, a page shorter than the first, or the announced total.
 * A first page shorter than asked for is no end: the server's own limit may be lower. A page with nothing new is asked for once
 * more; then the next one is tried, as the server may count from 1 where we count from 0; two such pages in a row end the list.
 * That end is doubtful, and so is one at which the total changed while we read or was not reached.
 * Throws `ContractError` for an answer that is no page.
 */
export async function* readPages(
  fetch: (query: Query) => Promise<Answer>,
  identify: Identify,
  settings: PageSettings,
  what: string,
): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>();
  const totals = new Set<number>();
  const isNew = (row: Json): boolean => !seen.has(identify(row) ?? '');
  let known = 0;
  let longest = 0;
  let repeats = 0;
  for (let index = 0; ; index += 1) {
    const ask = async (): Promise<RawPage> => pageOf(await fetch(queryOf(settings, index)), settings, what);
    let page = await ask();
    const repeated = (): boolean => page.rows.length > 0 && !page.rows.some(isNew);
    if (repeated()) page = await ask();
    repeats = repeated() ? repeats + 1 : 0;
    const fresh: Json[] = [];
    for (const row of page.rows) {
      if (!isNew(row)) continue;
      const key = identify(row);
      if (key !== null) seen.add(key);
      fresh.push(row);
    }
    known += fresh.length;
    if (page.total !== undefined) totals.add(page.total);
    const enough = page.total !== undefined && totals.size === 1 && known >= page.total;
    const short = repeats === 0 && page.rows.length < longest;
    const last = page.rows.length === 0 || enough || short || repeats > 1;
    longest = Math.max(longest, page.rows.length);
    const sure = (repeats < 2 || enough) && totals.size <= 1 && [...totals].every((total) => known >= total);
    const { began, ended, total } = page;
    yield {
      rows: fresh,
      began,
      ended,
      ...(total !== undefined && { total }),
      end: !last ? 'no' : sure ? 'proven' : 'doubtful',
    };
    if (last) return;
  }
}

function queryOf(settings: PageSettings, index: number): Query {
  return {
    [settings.pageParameter]: String(settings.firstPage + index),
    [settings.sizeParameter]: String(settings.pageSize),
  };
}

function pageOf(answer: Answer, settings: PageSettings, what: string): RawPage {
  const { json, began, ended } = answer;
  if (Array.isArray(json)) return { rows: json, began, ended };
  const rows = isObject(json) ? rowsOf(json, settings.contentKey) : undefined;
  if (rows === undefined) {
    throw new ContractError('VENDOR_ANSWER', `${what}: the page has no list "${settings.contentKey}"`);
  }
  const total = isObject(json) ? json[settings.totalKey] : undefined;
  return { rows, began, ended, ...(typeof total === 'number' && { total }) };
}

/** The list under its key, or the only list that the page has: the documents name the key in one place only. */
function rowsOf(page: { readonly [name: string]: Json }, key: string): readonly Json[] | undefined {
  const lists = Object.values(page).filter((value): value is readonly Json[] => Array.isArray(value));
  const named = page[key];
  if (Array.isArray(named)) return named as readonly Json[];
  return lists.length === 1 ? lists[0] : undefined;
}
