import type { Batch, Json, PullRequest } from '../../core/contract.ts';
import { InvariantError } from '../../core/errors.ts';
import { inOrder } from '../shared/ahead.ts';
import { IdSet } from '../shared/id-set.ts';
import { isObject } from '../shared/records.ts';
import { readResponse, type Site, spell } from './calls.ts';
import { rowsOf } from './page.ts';
import { type Page, Pass } from './pass.ts';
import { Gathered, gather } from './rows.ts';
import { countOf } from './wire.ts';

/** The only reading: customers with their cards and bonuses. */
export const CUSTOMERS = 'customers';

const MAX_PASSES = 3;

/** Parameters that add cards and bonuses to customers. */
export function extras({ settings }: Site): Record<string, string> {
  return {
    ...(settings.cards ? { cards: spell(settings, true) } : {}),
    ...(settings.bonuses ? { bonuses: spell(settings, true) } : {}),
  };
}

async function readPage(site: Site, number: number, recognise: PullRequest['recognise'], signal: AbortSignal): Promise<Page> {
  const { pageSize, countTolerance } = site.settings;
  const query = { ...extras(site), page: String(number), page_size: String(pageSize) };
  const { called, rows } = await rowsOf(site, await readResponse(site, query, signal), recognise);
  const { root } = called.answer;
  const echoed = countOf(root['page_size']);
  const count = countOf(root['count']);
  return {
    number,
    rows,
    total: countOf(root['total_count']),
    size: echoed === null || echoed === 0 ? pageSize : echoed,
    sizeKnown: echoed !== null && echoed > 0,
    counted: count === null || Math.abs(count - rows.length) <= countTolerance,
    called,
  };
}

/** What is known across the passes of one reading. */
interface Progress {
  readonly seen: IdSet;
  /** A refused record whose key is unknown: what is there cannot be proved any more. */
  nameless: boolean;
  /** Rows of the pass before. */
  before: number | null;
}

/**
 * Reads all customers. Rows that shift under the paging are met again by further passes (three at most); the reading is a
 * `snapshot` only after a pass whose total stood still and whose distinct ids are that many; without a total, or where the
 * settings ask for it, also the pass before must have had the same ids. Each record is yielded once.
 */
export async function* pullCustomers(site: Site, request: PullRequest, checkpoint: Json | null, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  if (request.reading !== CUSTOMERS) {
    throw new InvariantError('INVARIANT_BROKEN', `VirtualPOS has no reading "${request.reading}"`);
  }
  const progress: Progress = { seen: new IdSet(), nameless: false, before: null };
  let held: Batch | null = null;
  for (let number = 1; ; number += 1) {
    const pass = new Pass(number === 1 ? pageOf(checkpoint) : 1);
    for await (const page of pagesOf(site, pass, request.recognise, signal)) {
      // One batch is held back, so that the last one can say that the reading is whole.
      if (held !== null && (number === 1 || isWorth(held))) yield held;
      held = toBatch(site, page, pass, progress);
    }
    if (held === null) throw new InvariantError('INVARIANT_BROKEN', 'a pass read no page');
    const rows = progress.seen.passCount + pass.unkeyed;
    const agrees = rows === progress.before && !pass.found;
    const oneIsEnough = pass.total !== null && site.settings.proof === 'one-pass';
    const settled = !pass.moved && rows === (pass.total ?? rows) && (oneIsEnough || agrees);
    site.names.complete = true;
    if (settled || number === MAX_PASSES) {
      const whole = settled && !progress.nameless;
      if (!whole) warn(site, settled, { total: pass.total, rows, passes: number });
      yield { ...held, checkpoint: null, complete: whole ? 'snapshot' : 'page' };
      return;
    }
    progress.before = rows;
    progress.seen.nextPass();
  }
}

async function* pagesOf(site: Site, pass: Pass, recognise: PullRequest['recognise'], signal: AbortSignal): AsyncGenerator<Page, void, undefined> {
  const numbers = pass.numbers();
  const first = numbers.next();
  if (first.done === true) return;
  // The first page alone, because it says how many there are.
  yield await readPage(site, first.value, recognise, signal);
  const tasks = function* (): Generator<(signal: AbortSignal) => Promise<Page>> {
    for (const number of numbers) yield (stop) => readPage(site, number, recognise, stop);
  };
  yield* inOrder(tasks(), site.ctx.concurrency, signal);
}

function toBatch(site: Site, page: Page, pass: Pass, progress: Progress): Batch {
  const gathered = new Gathered();
  const unchanged: { stream: string; key: string }[] = [];
  let fresh = 0;
  for (const { id, row, digest } of page.rows) {
    if (id === null) pass.unkeyed += 1;
    // Rows without a key cannot be recognised: they are reported by the first pass alone.
    const met = id !== null ? progress.seen.add(id) : progress.before === null ? 'new' : 'again';
    if (met !== 'twice') fresh += 1;
    if (met !== 'new') continue;
    pass.found = true;
    if (row === null && id !== null) unchanged.push({ stream: 'clients', key: id });
    else gather(gathered, row, id, site.settings.elements, digest);
  }
  for (const { body } of gathered.clients) site.names.note(body);
  for (const { body } of gathered.cards) site.names.note(body);
  pass.note(page, fresh);
  progress.nameless ||= gathered.nameless;
  return {
    records: gathered.byStream(),
    rejected: gathered.rejected,
    unchanged,
    began: page.called.began,
    ended: page.called.ended,
    checkpoint: { page: pass.after(page) },
    complete: 'page',
    ...(page.total === null ? {} : { total: page.total }),
  };
}

/** Whether a batch of a repeated pass holds anything. */
function isWorth(batch: Batch): boolean {
  return batch.rejected.length > 0 || (batch.unchanged?.length ?? 0) > 0 || [...batch.records.values()].some((records) => records.length > 0);
}

function warn(site: Site, settled: boolean, facts: { total: number | null; rows: number; passes: number }): void {
  const why = settled ? 'some rows have no readable key' : 'rows moved while they were read';
  site.ctx.log.warn(`customers were read, but not provably all: ${why}`, { system: site.ctx.system, ...facts });
}

/** The page to go on from: of a stored checkpoint, else the first. */
function pageOf(checkpoint: Json | null): number {
  const page = checkpoint !== null && isObject(checkpoint) ? checkpoint['page'] : undefined;
  return typeof page === 'number' && Number.isSafeInteger(page) && page >= 1 ? page : 1;
}
