/** What an upgrade of Sverka changed in the shipped mappings, against what is in use and what the operator made of it. */
import type { MappingVersionRow } from '../canonical/stores/mapping-versions.ts';
import { digest } from '../core/hash.ts';
import { compileMapping } from '../mappings/engine/compile.ts';
import type { CompileOptions } from '../mappings/engine/options.ts';
import { MappingError } from '../mappings/engine/problems.ts';
import type { PendingEdit } from '../pipeline/activation/edition.ts';
import { pendingOf, type Source } from './editions.ts';
import { splitCopy } from './mapping-copy.ts';
import { sverkaVersion } from './project.ts';
import { mergeTexts, sameText } from './three-way.ts';

export interface ShippedNews {
  readonly system: string;
  readonly stream: string;
  /** The operator's file; null: there is none, and the shipped one would count. */
  readonly file: string | null;
  /** The shipped text that what is in use came from, and the shipped text now. */
  readonly base: string;
  readonly theirs: string;
  /** The operator's text, with its head apart. */
  readonly head: string;
  readonly mine: string;
}

type Stored = Pick<MappingVersionRow, 'source' | 'options' | 'shipped'>;

/** Null: nothing new, or it is in the operator's file already. `row`: the active version; `older`: shipped texts of versions before it. */
export function newsOf(source: Source, row: Stored, older: readonly (string | null)[] = []): ShippedNews | null {
  const { system, stream, shipped: theirs } = source;
  const base = row.shipped;
  if (theirs === null || base === null) return null;
  if (source.source === theirs) {
    // Without a file of the operator's what is in use must be a shipped text, else the file was taken away: that is an edit.
    const isShipped = sameText(splitCopy(row.source).body, base);
    return isShipped && differ(base, theirs, source) ? { system, stream, file: null, base, theirs, head: '', mine: base } : null;
  }
  const { head, body: mine, digest: known } = splitCopy(source.source);
  if (known === digest(theirs) || sameText(mine, theirs)) return null;
  const from = [base, ...older].find((text): text is string => text !== null && digest(text) === known) ?? base;
  if (!differ(from, theirs, source)) return null;
  const merged = mergeTexts(mine, from, theirs).text;
  return merged === mine ? null : { system, stream, file: source.file, base: from, theirs, head, mine };
}

/** Whether two texts mean different things, and not only read differently. */
function differ(a: string, b: string, { options }: Source): boolean {
  return !sameText(a, b) && meaning(a, options) !== meaning(b, options);
}

function meaning(text: string, options: string): string {
  try {
    return compileMapping({ file: '', text }, { ...(JSON.parse(options) as Omit<CompileOptions, 'wire'>), wire: null }).version;
  } catch (error) {
    if (error instanceof MappingError) return digest(text);
    throw error;
  }
}

/**
 * The shipped text that an edition to be activated stands on: today's once its changes are in the file or were considered, else
 * still the one before, so that what an upgrade brought is not forgotten when something else is edited.
 */
export function shippedBase(source: string, shipped: string | null, before: string | null | undefined): string | null {
  if (shipped === null || before === null || before === undefined || sameText(before, shipped)) return shipped;
  const { body, digest: known } = splitCopy(source);
  if (known === digest(shipped) || sameText(body, shipped)) return shipped;
  return mergeTexts(body, before, shipped).text === body ? shipped : before;
}

/** What lies on the disk and is not in use: an edit, or what an upgrade brought. */
export function pendingAll(source: Source, row: Parameters<typeof pendingOf>[1] & Stored, active: Parameters<typeof pendingOf>[2]): PendingEdit[] {
  const edit = pendingOf(source, row, active);
  const news = newsOf(source, row);
  if (news === null) return edit === null ? [] : [edit];
  const { system, stream } = news;
  const begin = `the mapping ${system}/${stream} shipped with Sverka ${sverkaVersion()} is newer than`;
  if (news.file === null) {
    const message = `${begin} version ${row.id}, which stays in use until you activate the newer one (sverka mapping upgrade shows it, sverka mapping preview what it changes)`;
    // What the configuration says may have been edited besides.
    return [...(edit === null || source.options === row.options ? [] : [edit]), { system, stream, file: source.file, what: 'shipped', message }];
  }
  const message = `${begin} the one that ${news.file} was made from (sverka mapping upgrade shows what is new)`;
  return [...(edit === null ? [] : [edit]), { system, stream, file: news.file, what: 'shipped', message }];
}
