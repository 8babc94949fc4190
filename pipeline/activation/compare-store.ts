/** Compares the whole store, as a transaction has made it, with what is committed. */
import { changedRows, columnsToCompare } from '../../canonical/compare.ts';
import type { Db } from '../../canonical/db.ts';
import type { Store } from '../../canonical/open.ts';
import { tablesOf } from '../../canonical/schema/tables.ts';
import { keepUndo } from '../../canonical/stores/mapping-undo.ts';
import { type WrittenRows, writtenByBoth } from '../../canonical/written.ts';
import { InvariantError } from '../../core/errors.ts';
import type { RunSetup } from '../setup.ts';
import { Affected } from './affected.ts';
import { ChangeCounter, type Changes } from './changes.ts';

/**
 * Tables that tell what was done rather than what there is: the history of mappings itself, runs, and the lease. All others are
 * compared, whatever they are called.
 */
const TOLD_APART: readonly string[] = ['mapping_versions', 'mapping_undo', 'runs', 'leases'];
/** Tables that planning writes to. All others are as they will be before it begins. */
const PLANNED: readonly string[] = ['operations', 'reviews', 'cursors', 'sequences', 'bonus_accounts'];

export interface ComparisonOptions {
  readonly outside: Db;
  /** What may have been written to since this was last asked. */
  readonly written: () => WrittenRows;
  readonly setup: Pick<RunSetup, 'systems' | 'progress'>;
  /** Examples for each field. */
  readonly examples: number;
  readonly activation: number;
  /** The activation for which it is kept how to take all of it back; null: none. */
  readonly keep: number | null;
}

export class Comparison {
  private readonly store: Store;
  private readonly options: ComparisonOptions;
  private readonly counter: ChangeCounter;
  private readonly done = new Set<string>();
  private left: WrittenRows = new Map();
  private position = 0;

  constructor(store: Store, options: ComparisonOptions) {
    this.store = store;
    this.options = options;
    const names = new Map(options.setup.systems.map(({ id, name }) => [id, name]));
    this.counter = new ChangeCounter((id) => names.get(id) ?? `#${id}`, options.activation, options.examples);
  }

  /** To be called before planning: what the plan rests on. */
  async beforePlan(): Promise<Affected> {
    const affected = new Affected();
    const written = [...this.options.written()];
    this.left = new Map(written.filter(([name]) => PLANNED.includes(name)));
    await this.compare(new Map(written.filter(([name]) => !PLANNED.includes(name))), affected);
    return affected;
  }

  /** To be called at the end. */
  async result(): Promise<Changes> {
    const tables = writtenByBoth(this.left, this.options.written());
    for (const name of tables.keys())
      if (this.done.has(name)) throw new InvariantError('INVARIANT_BROKEN', `planning wrote to ${name}, which had been compared`);
    await this.compare(tables, null);
    return this.counter.result(this.options.outside, this.store.db);
  }

  private async compare(tables: WrittenRows, affected: Affected | null): Promise<void> {
    const { outside, keep, setup } = this.options;
    for (const spec of tablesOf(this.store.dialect)) {
      const rows = tables.get(spec.name);
      if (rows === undefined || TOLD_APART.includes(spec.name)) continue;
      this.done.add(spec.name);
      const columns = columnsToCompare(spec);
      for await (const changes of changedRows(outside, this.store.db, spec, rows)) {
        setup.progress.step('compare', this.position, null);
        this.counter.add(spec, columns, changes);
        affected?.add(spec, columns, changes);
        if (keep !== null) this.position = await keepUndo(this.store.db, outside, keep, this.position, spec, changes);
      }
    }
  }
}
