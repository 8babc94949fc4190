/** What a migration has not brought over, thing by thing, with the reason. */

/** Something that is not in the target as the source has it. */
export interface RestItem {
  /**
   * `missing`: not there; `differs`: there with other values; `kept`: the source itself has another value than the one that counts;
   * `balance`: points differ; `set aside`: the source's record cannot be read, so it is not moved.
   */
  readonly what: 'missing' | 'differs' | 'kept' | 'balance' | 'set aside';
  readonly stream: string;
  /** Key in the source. */
  readonly key: string;
  /** Number of the client; null where nobody knows whose it is. */
  readonly client: number | null;
  readonly fields: readonly string[];
  /** For balances, in minor units: what the source shows, and what the target shows. */
  readonly amounts?: { readonly from: number; readonly to: number };
  readonly why: string;
}

/** Equal things with an equal reason. */
export interface RestGroup {
  readonly what: RestItem['what'];
  readonly stream: string;
  readonly why: string;
  readonly count: number;
}

/** Things kept one by one; beyond, they are counted only. */
export const MOST_ITEMS = 10_000;

/** Gathers them: all are counted, the first are kept. */
export class Rest {
  readonly items: RestItem[] = [];
  private readonly counts = new Map<string, { -readonly [name in keyof RestGroup]: RestGroup[name] }>();

  add(items: readonly RestItem[]): void {
    for (const item of items) {
      const { what, stream, why } = item;
      const at = [what, stream, why].join('\n');
      const group = this.counts.get(at) ?? { what, stream, why, count: 0 };
      group.count += 1;
      this.counts.set(at, group);
      if (this.items.length < MOST_ITEMS) this.items.push(item);
    }
  }

  isEmpty(): boolean {
    return this.counts.size === 0;
  }

  groups(): RestGroup[] {
    return [...this.counts.values()].sort((a, b) => b.count - a.count);
  }
}
