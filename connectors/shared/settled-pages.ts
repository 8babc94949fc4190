/**
 * Reading a list by offset so that one can tell whether it held still: each page begins with the last row of the page before.
 * When that row is not there again, rows have moved and one may have been passed over; the list is then read from its start once more.
 */
import type { Json } from '../../core/contract.ts';
import { inOrder, type Task } from './ahead.ts';
import type { IdSet } from './id-set.ts';

/** The rows of one call; `began` and `ended` in UTC ms. */
export interface Page {
  readonly rows: readonly Json[];
  readonly began: number;
  readonly ended: number;
}

export interface Step {
  readonly page: Page;
  /** Rows that were not yielded before. */
  readonly fresh: readonly Json[];
  /** Set on the last step: whether the whole list was seen without a move. */
  readonly end?: 'settled' | 'moved';
}

export interface List {
  fetch(offset: number, signal: AbortSignal): Promise<Page>;
  /** Identity of a row within the list. */
  keyOf(row: Json): string;
}

interface State {
  readonly page: Page;
  readonly offset: number;
  /** Keys of the page's rows. */
  readonly keys: readonly string[];
  /** The row before is not where it must be. */
  readonly moved: boolean;
  readonly end: boolean;
}

const PASSES = 3;
/** The page being stored, and the next one. */
const AHEAD = 2;

/**
 * The whole list, page by page; the next page is asked for while one is being used. Neither a total nor a short page is
 * trusted: a server may cap the limit, so the end is where nothing new comes. After a move the list is read again, at most three
 * times in all; rows in `seen` are not yielded again. The last pass goes on to the end whatever moves.
 */
export async function* settledPages(list: List, seen: IdSet, signal: AbortSignal): AsyncGenerator<Step, void, undefined> {
  for (let pass = 1; ; pass += 1) {
    let moved = false;
    for await (const state of inOrder(chain(list), AHEAD, signal)) {
      moved ||= state.moved;
      const again = moved && pass < PASSES;
      const end = state.end && !again;
      const fresh = state.page.rows.filter((_row, index) => seen.add(state.keys[index] ?? '') === 'new');
      yield { page: state.page, fresh, ...(end ? { end: moved ? 'moved' : 'settled' } : {}) };
      if (end) return;
      if (again) break;
    }
  }
}

/** Each task waits for the page before: its rows say where the next page begins. */
function* chain(list: List): Generator<Task<State>, void, undefined> {
  let last: Promise<State> | null = null;
  for (;;) {
    const before: Promise<State> | null = last;
    yield (signal) => {
      last = next(list, before, signal);
      return last;
    };
  }
}

async function next(list: List, before: Promise<State> | null, signal: AbortSignal): Promise<State> {
  const prior = before === null ? null : await before;
  // Read ahead in vain: the reader leaves at the end, and takes no notice of this.
  if (prior?.end === true) return prior;
  const offset = prior === null ? 0 : prior.offset + Math.max(1, prior.page.rows.length - 1);
  const page = await list.fetch(offset, signal);
  const keys = page.rows.map((row) => list.keyOf(row));
  const known = new Set(prior?.keys);
  const end = keys.length === 0 || (prior !== null && keys.every((key) => known.has(key)));
  return { page, offset, keys, end, moved: prior !== null && hasMoved(prior.keys, keys, end) };
}

/** Pages of one row cannot overlap, so they prove nothing unless nothing follows. At the end the overlapping row stands alone. */
function hasMoved(prior: readonly string[], keys: readonly string[], end: boolean): boolean {
  const last = prior.at(-1);
  if (prior.length < 2 || last === undefined) return prior.length > 0 && keys.length > 0;
  return !keys.includes(last) || (end && keys.length > 1);
}
