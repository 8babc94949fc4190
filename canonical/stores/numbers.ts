/** Numbers given by us: taken in blocks, so that a batch costs no round trip. Gaps are harmless. */
import { InvariantError } from '../../core/errors.ts';
import type { Db } from '../db.ts';
import type { Store } from '../open.ts';

export type NumberName =
  | 'records'
  | 'changes'
  | 'clients'
  | 'cards'
  | 'cardTypes'
  | 'groups'
  | 'programmes'
  | 'entries'
  | 'operations'
  | 'runs'
  | 'reviews'
  | 'quarantine'
  | 'systems';

const BLOCK = 2000;
/** Systems that may have reserved and not taken yet at one time: each finds what it reserved, whoever takes first. */
const SIDE_BY_SIDE = 8;

interface Block {
  next: number;
  end: number;
}

/** The highest number of a run so far. */
async function lastRunNumber(db: Db): Promise<number> {
  return Number((await db('runs').max({ id: 'id' }).first())?.['id'] ?? 0);
}

/** The number that the next run will have, without taking it from the sequence. */
export async function freeRunNumber(db: Db): Promise<number> {
  const row = await db('sequences').where({ name: 'runs' }).first('next');
  return Math.max(Number(row?.['next'] ?? 1), (await lastRunNumber(db)) + 1);
}

/** Where the sequences stand, but for those of runs and systems: they move with every change of the base. */
export async function sequenceMarks(db: Db): Promise<Record<string, number>> {
  const rows: { name: string; next: number }[] = await db('sequences').select('name', 'next').orderBy('name');
  return Object.fromEntries(rows.filter(({ name }) => name !== 'runs' && name !== 'systems').map(({ name, next }) => [name, Number(next)]));
}

export class Numbers {
  private readonly store: Store;
  private readonly blocks = new Map<NumberName, Block>();
  /** Blocks that are being asked for. */
  private readonly fetches = new Map<NumberName, Promise<void>>();

  constructor(store: Store) {
    this.store = store;
  }

  /** Makes sure that `count` numbers can be taken without asking the database. */
  async reserve(name: NumberName, count: number): Promise<void> {
    const single = name === 'runs' || name === 'systems';
    for (;;) {
      const block = this.blocks.get(name);
      if (block !== undefined && block.end - block.next >= (single ? count : count * SIDE_BY_SIDE)) return;
      const underWay = this.fetches.get(name);
      if (underWay === undefined) break;
      // Two at one time would each get a block, and the first would be lost.
      await underWay.catch(() => undefined);
    }
    const fetch = this.fetch(name, single ? count : Math.max(count * SIDE_BY_SIDE * 2, BLOCK));
    this.fetches.set(name, fetch);
    try {
      await fetch;
    } finally {
      this.fetches.delete(name);
    }
  }

  private async fetch(name: NumberName, size: number): Promise<void> {
    const next = await this.store.transaction(async (trx) => {
      const updated = await trx('sequences').where({ name }).increment('next', size);
      if (updated === 0) {
        // Systems are read side by side, and another may be making the row just now: whoever comes second counts on from it.
        await trx('sequences').insert({ name, next: 1 }).onConflict().ignore();
        await trx('sequences').where({ name }).increment('next', size);
      }
      const row = await trx('sequences').where({ name }).first('next');
      const first = Number(row.next) - size;
      // Activations of mappings are numbered beside the sequence, so that taking one back leaves it as it was.
      const free = name === 'runs' ? (await lastRunNumber(trx)) + 1 : first;
      if (free <= first) return first;
      await trx('sequences')
        .where({ name })
        .update({ next: free + size });
      return free;
    });
    this.blocks.set(name, { next, end: next + size });
  }

  /** The next number; `reserve` must have been asked for it. */
  async take(name: NumberName): Promise<number> {
    await this.reserve(name, 1);
    return this.takeReserved(name);
  }

  takeReserved(name: NumberName): number {
    const block = this.blocks.get(name);
    if (block === undefined || block.next >= block.end) throw new InvariantError('INVARIANT_BROKEN', `no number of ${name} was reserved`);
    return block.next++;
  }

  /** Forgets what was reserved: after a dry run the numbers are free again. */
  forget(): void {
    this.blocks.clear();
  }
}
