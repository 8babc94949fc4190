/**
 * Finds the items of a list in an XML answer without parsing them, as `sliceList` does in JSON: a page in which anything is unusual
 * is not cut, and is read whole instead.
 */
import type { Slice, SlicedList } from './json-list.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;
const SLASH = 0x2f;
const DECLARATION = /^(?:\ufeff)?<\?xml [^<>]*\?>/;
const PLAIN_ID = /^[!-%'-;=?-~]{1,64}$/;

/**
 * Cuts the list `name` of `item` elements in the root of an answer. Null where it is not there exactly once, where an item has not
 * exactly one plain `id`, and where a tag has attributes or is none (a comment, CDATA, a DOCTYPE).
 */
export function sliceXmlList(body: Buffer, name: string, item: string): SlicedList | null {
  const tags = new Tags(body);
  if (tags.next() !== 'open') return null;
  let found: { readonly from: number; readonly to: number; readonly items: readonly Slice[] } | null = null;
  for (;;) {
    const kind = tags.next();
    if (kind === 'close') break;
    if (kind === null) return null;
    const from = tags.start;
    if (!tags.isNamed(name)) {
      if (kind === 'open' && !tags.leave()) return null;
      continue;
    }
    const items: Slice[] | null = found !== null ? null : kind === 'empty' ? [] : itemsAt(tags, name, item);
    if (items === null) return null;
    found = { from, to: tags.end, items };
  }
  if (found === null || tags.next() !== null || !tags.atEnd) return null;
  return { envelope: Buffer.concat([body.subarray(0, found.from), Buffer.from(`<${name}/>`), body.subarray(found.to)]), items: found.items };
}

function itemsAt(tags: Tags, name: string, item: string): Slice[] | null {
  const items: Slice[] = [];
  for (;;) {
    const before = tags.end;
    const kind = tags.next();
    if (!tags.isBlankFrom(before)) return null;
    if (kind === 'close') return tags.isNamed(name) ? items : null;
    if (kind !== 'open' || !tags.isNamed(item)) return null;
    const { start } = tags;
    const id = idOfItem(tags, item);
    if (id === null) return null;
    items.push({ start, end: tags.end, id });
  }
}

/** Passes an item; answers its `id`. */
function idOfItem(tags: Tags, item: string): string | null {
  let id: string | null = null;
  for (;;) {
    const kind = tags.next();
    if (kind === 'close') return tags.isNamed(item) ? id : null;
    if (kind === null) return null;
    const isId = tags.isNamed('id');
    const from = tags.end;
    if (kind === 'open' && !tags.leave()) return null;
    if (!isId) continue;
    const text = kind === 'open' ? tags.body.toString('latin1', from, tags.start) : '';
    if (id !== null || !PLAIN_ID.test(text)) return null;
    id = text;
  }
}

/** Walks over the tags of a document in bytes: no byte of a longer UTF-8 character is a sign of XML. */
class Tags {
  readonly body: Buffer;
  /** The tag passed last. */
  start = 0;
  end: number;
  private nameAt = 0;
  private nameEnd = 0;

  constructor(body: Buffer) {
    this.body = body;
    this.end = Buffer.byteLength(DECLARATION.exec(body.toString('utf8', 0, 200))?.[0] ?? '');
  }

  /** Passes a tag without attributes; null where there is none. */
  next(): 'open' | 'close' | 'empty' | null {
    const { body } = this;
    let at = this.end;
    while (at < body.length && body[at] !== OPEN) at += 1;
    this.start = at;
    if (at === body.length) return null;
    const closes = body[at + 1] === SLASH;
    at += closes ? 2 : 1;
    this.nameAt = at;
    for (let byte = body[at]; byte !== CLOSE; byte = body[at]) {
      if (byte === undefined || !isName(byte)) {
        if (closes || byte !== SLASH || body[at + 1] !== CLOSE) return null;
        this.nameEnd = at;
        this.end = at + 2;
        return 'empty';
      }
      at += 1;
    }
    this.nameEnd = at;
    this.end = at + 1;
    return closes ? 'close' : 'open';
  }

  /** Passes all up to the closing tag of the element that was entered last. */
  leave(): boolean {
    for (let depth = 1; depth > 0; ) {
      const kind = this.next();
      if (kind === null) return false;
      if (kind === 'open') depth += 1;
      else if (kind === 'close') depth -= 1;
    }
    return true;
  }

  isNamed(name: string): boolean {
    if (this.nameEnd - this.nameAt !== name.length) return false;
    for (let at = 0; at < name.length; at += 1) if (this.body[this.nameAt + at] !== name.charCodeAt(at)) return false;
    return true;
  }

  /** Nothing but blanks stands between that place and the last tag. */
  isBlankFrom(from: number): boolean {
    return this.body.toString('latin1', from, this.start).trim() === '';
  }

  /** All was passed. */
  get atEnd(): boolean {
    return this.start === this.body.length;
  }
}

/** Letters, digits and `_-.:`; all else would be an attribute, a comment, or no XML. */
function isName(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x2d && byte <= 0x3a && byte !== SLASH) || byte === 0x5f;
}
