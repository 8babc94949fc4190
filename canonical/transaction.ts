/** Transactions: nested ones join, deadlocks are retried whole, a dry run is undone whole. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Knex } from 'knex';
import type { Clock } from '../core/context.ts';
import { InvariantError } from '../core/errors.ts';
import { isDeadlock, storeError } from './database-error.ts';
import { dialectOf } from './dialect.ts';
import { idleLimit } from './idle-limit.ts';
import { type Statement, Written, type WrittenRows } from './written.ts';

/** How the wait before a retry is made; without it a retry follows at once. */
export interface RetryPause {
  readonly clock: Pick<Clock, 'sleep'>;
  /** In [0, 1). */
  random(): number;
}

/** The outermost transaction and the innermost one that is open in it. */
interface Open {
  readonly trx: Knex.Transaction;
  readonly root: Root;
}

interface Root {
  /** A deadlock that the database answered by undoing everything: whatever the code made of it, nothing may be committed. */
  broken: unknown;
}

/** Thrown to undo a dry run; carries its result out. */
class Undo<T> {
  readonly result: T;
  constructor(result: T) {
    this.result = result;
  }
}

const TRIES = 5;
/** Longest wait before the first retry; it doubles with each further one. */
const FIRST_PAUSE_MS = 40;

/** What is open in a flow of calls, of which store; two flows at one time do not see each other's transaction. */
interface Flow {
  readonly of: Transactions;
  readonly open: Open;
  readonly outer: Flow | undefined;
}

/** One for all stores of the process: each further one would be carried along by everything asynchronous, for good. */
const flows = new AsyncLocalStorage<Flow>();

export class Transactions {
  private readonly root: Knex;
  private readonly pause: RetryPause | null;

  constructor(root: Knex, pause: RetryPause | null) {
    this.root = root;
    this.pause = pause;
  }

  /** The open transaction of this flow, otherwise the connection pool. */
  current(): Knex {
    return this.open()?.trx ?? this.root;
  }

  private open(): Open | undefined {
    for (let flow = flows.getStore(); flow !== undefined; flow = flow.outer) if (flow.of === this) return flow.open;
    return undefined;
  }

  private inFlow<T>(open: Open, fn: () => T): T {
    return flows.run({ of: this, open, outer: flows.getStore() }, fn);
  }

  /** Commits when `fn` resolves, undoes when it rejects. Inside another transaction it becomes a savepoint of it. */
  async run<T>(fn: (trx: Knex.Transaction) => Promise<T>, tries = TRIES): Promise<T> {
    const outer = this.open();
    if (outer !== undefined) {
      return outer.trx.transaction((trx) => this.inFlow({ trx, root: outer.root }, () => fn(trx)));
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.root.transaction((trx) => this.inside(trx, fn));
      } catch (error) {
        if (attempt >= tries || !isDeadlock(error)) throw error;
      }
      await this.wait(attempt);
    }
  }

  /** Runs `fn` with every transaction of its flow joined to one, which is undone at the end. */
  async dryRun<T>(fn: () => Promise<T>): Promise<T> {
    return this.whole(async () => ({ result: await fn(), commit: false }));
  }

  /** As `dryRun`, but `fn` says at its end whether all of it is kept. `written` answers what was written to since it was last asked. */
  async whole<T>(fn: (written: () => WrittenRows) => Promise<{ readonly result: T; readonly commit: boolean }>): Promise<T> {
    if (this.open() !== undefined) {
      throw new InvariantError('INVARIANT_BROKEN', 'a dry run cannot begin inside a transaction');
    }
    try {
      return await this.root.transaction(async (trx) => {
        // It may wait for vendors, without anybody to whom its locks would be better given.
        if (dialectOf(trx).kind === 'mysql') await trx.raw(`SET SESSION autocommit = 0 ${idleLimit(0)}`);
        const written = new Written();
        trx.on('query', (statement: Statement) => written.note(statement));
        const done = await this.inside(trx, () => fn(() => written.take()));
        if (!done.commit) throw new Undo(done.result);
        return done.result;
      });
    } catch (thrown) {
      if (thrown instanceof Undo) return thrown.result;
      throw thrown;
    }
  }

  private async inside<T>(trx: Knex.Transaction, fn: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    const root: Root = { broken: null };
    const watch = (error: unknown): void => {
      if (endsTransaction(error)) root.broken = error;
    };
    trx.on('query-error', watch);
    try {
      const result = await this.inFlow({ trx, root }, () => fn(trx));
      if (root.broken === null) return result;
    } catch (thrown) {
      if (root.broken === null) throw thrown;
    }
    // What came after a deadlock, such as a savepoint that is gone, only hides it.
    throw storeError(root.broken);
  }

  private async wait(attempt: number): Promise<void> {
    if (this.pause === null) return;
    await this.pause.clock.sleep(this.pause.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

/** A deadlock as the driver reports it, before it is turned into an error of ours. */
function endsTransaction(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errno' in error && error.errno === 1213;
}
