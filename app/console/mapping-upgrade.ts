/** Newer shipped mappings, as they are offered: shown, merged into the operator's files, or noted as considered. */
import { basename, dirname, join } from 'node:path';
import type { Store } from '../../canonical/open.ts';
import { activeVersions, type MappingVersionRow, versionHistory } from '../../canonical/stores/mapping-versions.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { compileMapping } from '../../mappings/engine/compile.ts';
import { MappingError } from '../../mappings/engine/problems.ts';
import { compileOptions } from '../compile-options.ts';
import { configuredSystem, sourceOf } from '../editions.ts';
import { headFor, isUntouched, renewed } from '../mapping-copy.ts';
import { newsOf, type ShippedNews } from '../mapping-news.ts';
import { textOf, writeText } from '../mappings.ts';
import { shippedMappings, sverkaVersion } from '../project.ts';
import { type Conflict, mergeTexts } from '../three-way.ts';
import { unified } from './patch.ts';

export interface Upgrade {
  readonly system: string;
  readonly stream: string;
  /** The operator's file; null: there is none, and the newer shipped mapping is activated or not. */
  readonly file: string | null;
  /**
   * `offered`: no file of the operator's. `unedited`: the file is the older shipped text. `merged`: what is new goes into the file by
   * itself. `conflict`: both changed the same field, or the same comment. `broken`: it goes in, but what comes out cannot be compiled.
   */
  readonly state: 'offered' | 'unedited' | 'merged' | 'conflict' | 'broken';
  /** What is new in the shipped mapping, as a unified difference. */
  readonly news: string;
  /** What the operator changed since, likewise; empty where there is nothing. */
  readonly yours: string;
  /** What the news make of the file; empty where nothing can be written. */
  readonly change: string;
  readonly conflicts: readonly Conflict[];
  /** Why the merged file cannot be compiled. */
  readonly fault: string | null;
  readonly cases: 'none' | 'renewed' | 'edited';
  /** With `write`, and where it could be. */
  readonly written: boolean;
}

export interface UpgradeOptions {
  readonly system?: string;
  readonly stream?: string;
  /** `write`: merges into the files. `taken`: notes in them that the newer text was considered. */
  readonly action: 'show' | 'write' | 'taken';
}

/** Throws `ConfigError` where a file cannot be read or written. */
export async function upgrades(store: Store, loaded: LoadedConfig, options: UpgradeOptions): Promise<Upgrade[]> {
  const names = await systemNames(store.db);
  const done = new Map<string, boolean>();
  const found: Upgrade[] = [];
  for (const row of await activeVersions(store.db)) {
    const name = names.get(row.system_id) ?? '';
    if (loaded.config.systems[name] === undefined || (options.system ?? name) !== name || (options.stream ?? row.stream) !== row.stream) continue;
    const news = await newsFor(store, loaded, name, row);
    if (news === null) continue;
    const upgrade = upgradeOf(news, loaded);
    // Two systems of one vendor share the file: it is written once.
    const written = news.file === null ? false : (done.get(news.file) ?? (await put(news, upgrade.text, options.action)));
    if (news.file !== null) done.set(news.file, written);
    found.push({ ...upgrade.shown, cases: await casesOf(news, written && options.action === 'write'), written });
  }
  return found;
}

async function newsFor(store: Store, loaded: LoadedConfig, system: string, row: MappingVersionRow): Promise<ShippedNews | null> {
  const older = await versionHistory(store.db, { systemId: row.system_id, stream: row.stream });
  const source = await sourceOf(configuredSystem(loaded, system), row.stream, loaded);
  return newsOf(
    source,
    row,
    older.map(({ shipped }) => shipped),
  );
}

function upgradeOf(news: ShippedNews, loaded: LoadedConfig): { readonly shown: Omit<Upgrade, 'cases' | 'written'>; readonly text: string | null } {
  const { system, stream, file, base, theirs, mine } = news;
  const before = `${system}/${stream} as shipped before`;
  const shown = {
    system,
    stream,
    file,
    news: unified(before, `${system}/${stream} as shipped with Sverka ${sverkaVersion()}`, base, theirs),
    yours: file === null || mine === base ? '' : unified(before, file, base, mine),
  };
  if (file === null) return { shown: { ...shown, state: 'offered', change: '', conflicts: [], fault: null }, text: null };
  const { text, conflicts } = mergeTexts(mine, base, theirs);
  const headLines = news.head === '' ? 0 : news.head.split('\n').length - 1;
  const placed = conflicts.map((one) => ({ ...one, from: one.from + headLines, to: one.to + headLines }));
  if (text === null) return { shown: { ...shown, state: 'conflict', change: '', conflicts: placed, fault: null }, text };
  const change = unified(file, `${file} with what is new`, mine, text);
  const fault = faultOf(news, text, loaded);
  if (fault !== null) return { shown: { ...shown, state: 'broken', change, conflicts: [], fault }, text: null };
  return { shown: { ...shown, state: mine === base ? 'unedited' : 'merged', change, conflicts: [], fault: null }, text };
}

/** Two right halves may make a wrong whole: both may map one wire field. */
function faultOf({ system, stream, file }: ShippedNews, text: string, loaded: LoadedConfig): string | null {
  try {
    compileMapping({ file: file ?? '', text }, compileOptions(configuredSystem(loaded, system), stream, loaded));
    return null;
  } catch (error) {
    if (error instanceof MappingError) return error.message;
    throw error;
  }
}

/** Whether the file was written. */
async function put(news: ShippedNews, text: string | null, action: UpgradeOptions['action']): Promise<boolean> {
  const { file, head, base, mine, theirs } = news;
  if (file === null || action === 'show' || (action === 'write' && text === null)) return false;
  if (action === 'write' && mine === base && head !== '') {
    // Nothing in it is the operator's: the copy is made anew, with today's head.
    await writeText(file, renewed(head, theirs, `${basename(dirname(file))}/${basename(file)}`, sverkaVersion()));
    return true;
  }
  const end = mine.includes('\r\n') ? '\r\n' : '\n';
  await writeText(file, `${headFor(head, theirs).replace(/\r?\n/g, end)}${action === 'write' ? text : mine}`);
  return true;
}

/** Cases beside the file: those that nobody edited go along with the mapping. */
async function casesOf({ file }: ShippedNews, renew: boolean): Promise<Upgrade['cases']> {
  if (file === null) return 'none';
  const name = basename(file).replace(/\.yaml$/, '.cases.yaml');
  const vendor = basename(dirname(file));
  const cases = join(dirname(file), name);
  const [mine, theirs] = await Promise.all([textOf(cases), textOf(join(shippedMappings(), vendor, name))]);
  if (mine === null || theirs === null) return 'none';
  if (!isUntouched(mine)) return 'edited';
  const text = renewed(mine, theirs, `${vendor}/${name}`, sverkaVersion());
  if (renew && text !== mine) await writeText(cases, text);
  return 'renewed';
}
