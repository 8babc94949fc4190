/** Compares the whole store, as a transaction has made it, with what is committed. */
import { changedRows, columnsToCompare } from '../../canonical/compare.ts';
import type { Db } from '../../canonical/db.ts';
import type { Store } from '../../canonical/open.ts';
import { tablesOf } from '../../canonical/schema/tables.ts';
import { keepUndo } from '../../canonical/stores/mapping-undo.ts';
import type { RunSetup } from '../setup.ts';
import { ChangeCounter, type Changes } from './changes.ts';

/**
 * Tables that tell what was done rather than what there is: the history of mappings itself, runs, and the lease. All others are
 * compared, whatever they are called.
 */
export const TOLD_APART: readonly string[] = ['mapping_versions', 'mapping_undo', 'runs', 'leases'];

/** `written`: the tables that something may have been written to. `keep`: the activation for which it is kept how to take all of it back. */
export async function compareStore(
  store: Store,
  outside: Db,
  written: ReadonlySet<string>,
  setup: Pick<RunSetup, 'systems'>,
  { examples, keep }: { readonly examples: number; readonly keep: number | null },
): Promise<Changes> {
  const names = new Map(setup.systems.map(({ id, name }) => [id, name]));
  const counter = new ChangeCounter((id) => names.get(id) ?? `#${id}`, examples);
  let position = 0;
  for (const spec of tablesOf(store.dialect)) {
    if (!written.has(spec.name) || TOLD_APART.includes(spec.name)) continue;
    const columns = columnsToCompare(spec);
    for await (const changes of changedRows(outside, store.db, spec)) {
      counter.add(spec, columns, changes);
      if (keep !== null) position = await keepUndo(store.db, outside, keep, position, spec, changes);
    }
  }
  return counter.result();
}
