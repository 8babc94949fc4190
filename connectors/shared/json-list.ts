/**
 * Finds the items of a list in a JSON answer without parsing them: an item whose bytes are known need not be looked into. A
 * page in which anything is unusual is not cut, and is read whole instead.
 */
import { digest } from '../../core/hash.ts';
import { JsonScan } from './json-scan.ts';

/** An item of a list, as a range of the body's bytes. */
export interface Slice {
  readonly start: number;
  readonly end: number;
  /** Its own `id`: a text without escapes, or digits. */
  readonly id: string;
}

export interface SlicedList {
  /** The answer with an empty list in the list's place: all else that it says. */
  readonly envelope: Buffer;
  readonly items: readonly Slice[];
}

const EMPTY_LIST = Buffer.from('[]');
const ID = Buffer.from('"id"');

/**
 * Cuts the list `name` in the root of an answer. Null where it is not there exactly once as a list of objects, each with exactly
 * one `id`. Items that were parsed once, the others parsed now, and the envelope parsed: together they prove as much as the whole.
 */
export function sliceList(body: Buffer, name: string): SlicedList | null {
  const scan = new JsonScan(body);
  const wanted = Buffer.from(JSON.stringify(name));
  let found: { readonly from: number; readonly to: number; readonly items: readonly Slice[] } | null = null;
  if (!scan.take('{')) return null;
  do {
    const key = scan.text();
    if (key === null || key.escaped || !scan.take(':')) return null;
    if (!isText(body, key, wanted)) {
      if (!scan.skip()) return null;
      continue;
    }
    const from = scan.next();
    const items: Slice[] | null = found === null ? itemsAt(scan) : null;
    if (items === null) return null;
    found = { from, to: scan.at, items };
  } while (scan.take(','));
  if (found === null || !scan.take('}')) return null;
  return { envelope: Buffer.concat([body.subarray(0, found.from), EMPTY_LIST, body.subarray(found.to)]), items: found.items };
}

const SALT_LENGTH = 4;

/**
 * Digests of items' bytes. `basis` is everything else that decides what is read out of them (settings, the version of the
 * reader): with another basis nothing is recognised.
 */
export function sliceDigests(body: Buffer, items: readonly Slice[], basis: string): string[] {
  const salt = digest(basis).slice(0, SALT_LENGTH);
  return items.map(({ start, end }) => salt + digest(body.subarray(start, end)).slice(SALT_LENGTH));
}

function itemsAt(scan: JsonScan): Slice[] | null {
  const items: Slice[] = [];
  if (!scan.take('[')) return null;
  if (scan.take(']')) return items;
  do {
    const start = scan.next();
    const id = idOfObject(scan);
    if (id === null) return null;
    items.push({ start, end: scan.at, id });
  } while (scan.take(','));
  return scan.take(']') ? items : null;
}

/** Passes an object; answers its `id`. */
function idOfObject(scan: JsonScan): string | null {
  let id: string | null = null;
  if (!scan.take('{')) return null;
  do {
    const key = scan.text();
    if (key === null || key.escaped || !scan.take(':')) return null;
    const start = scan.next();
    if (!scan.skip()) return null;
    if (!isText(scan.body, key, ID)) continue;
    if (id !== null) return null;
    id = plainId(scan.body.toString('latin1', start, scan.at));
    if (id === null) return null;
  } while (scan.take(','));
  return scan.take('}') ? id : null;
}

function isText(body: Buffer, { start, end }: { readonly start: number; readonly end: number }, text: Buffer): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) if (body[start + at] !== text[at]) return false;
  return true;
}

/** Visible ASCII in quotes, or digits as a JSON number has them. */
function plainId(raw: string): string | null {
  const match = /^(?:"([!#-[\]-~]{1,64})"|(0|[1-9][0-9]{0,14}))\s*$/.exec(raw);
  return match === null ? null : (match[1] ?? match[2] ?? null);
}
