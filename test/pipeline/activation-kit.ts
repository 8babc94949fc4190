/** Mappings edited, previewed, activated and taken back in a world of sandbox vendors. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activateEditions, editedMappings, rollBackNewest, type ShownActivation, type ShownRollback } from '../../app/console/mapping-life.ts';
import { shippedMappings } from '../../app/project.ts';
import type { Store } from '../../canonical/open.ts';
import { tablesOf } from '../../canonical/schema/tables.ts';
import { configOf, type SYSTEMS, startWorld, type World, type WorldOptions } from '../support/world.ts';
import type { Row } from './kit.ts';

export const SHOP = 'virtualpos/clients.yaml';

/** An edit that exchanges two words of a file. */
export const swap =
  (a: string, b: string) =>
  (text: string): string =>
    text.replaceAll(a, '\u0000').replaceAll(b, a).replaceAll('\u0000', b);

export interface EditedWorld extends World {
  /** Changes a mapping file of the operator's own directory. */
  edit(name: string, change: (text: string) => string): void;
  preview(sample?: number): Promise<ShownActivation>;
  activate(note?: string): Promise<ShownActivation>;
  rollback(): Promise<ShownRollback>;
  /** The configuration with other words in it. */
  reconfigure(change: (config: string) => string): Promise<void>;
}

/** Runs `fn` in a world whose mappings lie in a directory of its own. */
export async function inEditedWorld(
  store: Store,
  names: readonly (keyof typeof SYSTEMS)[],
  options: Omit<WorldOptions, 'config'>,
  fn: (world: EditedWorld) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-mappings-'));
  const config = `mappings: ${directory}\n${configOf(names)}`;
  for (const vendor of ['virtualpos', 'artix', 'lotinfo', 'vodyanoy']) cpSync(join(shippedMappings(), vendor), join(directory, vendor), { recursive: true });
  const world = await startWorld(store, { ...options, config });
  const doing = async (commit: boolean, sample: number | null, note: string | null): Promise<ShownActivation> => {
    const setup = await world.setup();
    const editions = await editedMappings(world.loaded(), setup, { systems: [] });
    return activateEditions(store, setup, editions, { commit, sample, note, examples: 2, personal: true });
  };
  try {
    await fn({
      ...world,
      edit(name, change) {
        const file = join(directory, name);
        const before = readFileSync(file, 'utf8');
        const after = change(before);
        if (after === before) throw new Error(`the edit of ${name} changes nothing`);
        writeFileSync(file, after);
      },
      preview: (sample) => doing(false, sample ?? null, null),
      activate: (note) => doing(true, null, note ?? null),
      rollback: async () => rollBackNewest(store, await world.setup(), world.loaded(), { examples: 2, personal: true }),
      reconfigure: (change) => world.configure(change(config)),
    });
  } finally {
    await world.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Tables that tell what was done, which going back does not undo. */
const HISTORY = ['mapping_versions', 'runs'];

/** Every table there is, every row of it, sorted. */
export async function everything(store: Store, without: readonly string[] = HISTORY): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const { name, primary } of tablesOf(store.dialect)) {
    // Processes share in these who may call when: they move by themselves.
    if (without.includes(name) || name.startsWith('call_')) continue;
    let query = store.db(name).select('*');
    for (const column of primary) query = query.orderBy(column);
    all[name] = ((await query) as Row[]).map((row) => ({ ...row }));
  }
  return all;
}

export interface Difference {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** Rows that differ between two states, by table, counted without the product's own comparison. */
export function differences(store: Store, before: Record<string, Row[]>, after: Record<string, Row[]>): Record<string, Difference> {
  const result: Record<string, Difference> = {};
  for (const { name, primary } of tablesOf(store.dialect)) {
    const keyed = (rows: readonly Row[] = []): Map<string, string> =>
      new Map(rows.map((row) => [JSON.stringify(primary.map((column) => row[column])), JSON.stringify(row)]));
    const [was, is] = [keyed(before[name]), keyed(after[name])];
    const inserted = [...is.keys()].filter((key) => !was.has(key)).length;
    const deleted = [...was.keys()].filter((key) => !is.has(key)).length;
    const updated = [...is].filter(([key, row]) => was.has(key) && was.get(key) !== row).length;
    if (inserted + deleted + updated > 0) result[name] = { inserted, updated, deleted };
  }
  return result;
}

/** In how many records each field of the views differs, and in how many the time of change, counted from the tables alone. */
export function viewDifferences(
  before: Record<string, Row[]>,
  after: Record<string, Row[]>,
): { changed: number; retimed: number; untimed: number; fields: Record<string, number> } {
  const times = new Map((before['records'] ?? []).map((row) => [row['id'], row['changed_at']]));
  const retimed = (after['records'] ?? []).filter((row) => times.get(row['id']) !== row['changed_at']);
  const was = new Map((before['records'] ?? []).map((row) => [row['id'], JSON.parse(String(row['view'])) as Row | null]));
  const fields: Record<string, number> = {};
  let changed = 0;
  for (const row of after['records'] ?? []) {
    const [old, now] = [was.get(row['id']) ?? {}, (JSON.parse(String(row['view'])) as Row | null) ?? {}];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
    if (names.length > 0) changed += 1;
    for (const name of names) fields[name] = (fields[name] ?? 0) + 1;
  }
  return { changed, retimed: retimed.length, untimed: retimed.filter((row) => row['changed_at'] === null).length, fields };
}
