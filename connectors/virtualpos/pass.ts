import type { Json } from '../../core/contract.ts';
import type { Called } from './calls.ts';

/** A row of a page. */
export interface PageRow {
  /** Its id, or null when it has none that can be a key. */
  readonly id: string | null;
  /** Null: the customer is stored just as it is in the answer. */
  readonly row: Json | null;
  /** Of its bytes, where they could be told apart. */
  readonly digest?: string;
}

/** One page as it was answered. */
export interface Page {
  readonly number: number;
  readonly rows: readonly PageRow[];
  readonly total: number | null;
  /** Rows a full page has: the answer's own page size, else the one asked for. */
  readonly size: number;
  readonly sizeKnown: boolean;
  /** `count` agrees with the rows. */
  readonly counted: boolean;
  readonly called: Called;
}

/**
 * One pass through all pages: from a page to the end, then from the first page up to it. What the pages say on the way about
 * the end (their total and size) decides where it is.
 */
export class Pass {
  readonly start: number;
  /** Rows in all, as the last page said. */
  total: number | null = null;
  /** The total moved, or a page's count did not agree with its rows: rows may have been skipped. */
  moved = false;
  /** Rows without a readable key, which no set of keys can count. */
  unkeyed = 0;
  /** It met ids that no pass before it had. */
  found = false;
  private last = Number.POSITIVE_INFINITY;
  private size = Number.POSITIVE_INFINITY;
  private first = true;

  constructor(start: number) {
    this.start = start;
  }

  /** Takes in what a page says; `fresh` are its rows not met before in this pass. */
  note(page: Page, fresh: number): void {
    const { rows, number, total } = page;
    this.moved ||= !page.counted || (!this.first && total !== this.total);
    this.first = false;
    this.total = total;
    this.size = page.sizeKnown ? page.size : Math.min(this.size, page.size);
    if (total !== null) {
      // A short page that is not the last tells of a lower cap, where the answer does not echo it.
      const short = rows.length > 0 && rows.length < this.size && (number - 1) * this.size + rows.length < total;
      if (short && !page.sizeKnown) this.size = rows.length;
      this.last = Math.max(1, Math.ceil(total / this.size));
    } else if (rows.length === 0 || fresh === 0 || (page.sizeKnown && rows.length < page.size)) {
      // Past the end some systems give the last page again, so a page without a new row ends the list as well.
      this.last = Math.min(this.last, number);
    }
  }

  /** Where a reading that was stopped after this page goes on. */
  after(page: Page): number {
    return page.number >= this.last ? 1 : page.number + 1;
  }

  /** The page numbers in order; lazily, so that the end may still move. */
  *numbers(): Generator<number> {
    for (let number = this.start; number === this.start || number <= this.last; number += 1) yield number;
    for (let number = 1; number < this.start && number <= this.last; number += 1) yield number;
  }
}
