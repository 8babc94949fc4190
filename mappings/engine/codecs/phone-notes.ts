/** Words beside the phones of a free text, such as whose each of them is. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { type FoundPhone, findPhones } from './free-phones.ts';
import { isCanonicalList } from './list-values.ts';

/** A phone of the text, and the words that belong to it. */
interface Noted {
  readonly phone: FoundPhone;
  /** The range of its part of the text: the number and its words. */
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

const NOTE = /^(\+\d{8,15}) (\S.*)$/su;
const NOT_TEXT = new Unreadable('a text with phone numbers is expected');
const NO_NUMBER = { kind: 'no-home', detail: 'words beside a number that the text does not have' } as const;
const KEPT = { kind: 'form', detail: 'words in the text that belong to no note stay there' } as const;

const tidy = (words: string): string => words.replace(/\s+/gu, ' ').replace(/^[\s:–—-]+|[\s:–—-]+$/gu, '');

/** The phones of a text with their words: of a part between commas, or, where a part has several numbers, of what follows each. */
function notedPhones(text: string): readonly Noted[] {
  const phones = findPhones(text);
  const noted: Noted[] = [];
  let from = 0;
  for (const part of text.split(/[,;\n]/u)) {
    const to = from + part.length;
    const own = phones.filter((phone) => phone.from >= from && phone.to <= to);
    for (const [index, phone] of own.entries()) {
      const start = own.length === 1 ? from : phone.from;
      const end = own[index + 1]?.from ?? to;
      noted.push({ phone, from: start, to: end, words: tidy(`${text.slice(start, phone.from)} ${text.slice(phone.to, end)}`) });
    }
    from = to + 1;
  }
  return noted;
}

function notesOf(text: string): readonly string[] | null {
  const notes = new Map<string, string>();
  for (const { phone, words } of notedPhones(text)) if (words !== '' && !notes.has(phone.phone)) notes.set(phone.phone, `${phone.phone} ${words}`);
  return notes.size === 0 ? null : [...notes.values()].sort();
}

/** The text with the wanted words beside its numbers; numbers without a note keep theirs. */
function withNotes(text: string, notes: ReadonlyMap<string, string>): string {
  let result = text;
  for (const { phone, from, to, words } of [...notedPhones(text)].reverse()) {
    const wanted = notes.get(phone.phone);
    if (wanted === undefined || wanted === words) continue;
    const before = /^\s*/u.exec(text.slice(from, to))?.[0] ?? '';
    const after = /\s*$/u.exec(text.slice(from, to))?.[0] ?? '';
    result = `${result.slice(0, from)}${before}${text.slice(phone.from, phone.to)} ${wanted}${after}${result.slice(to)}`;
  }
  return result;
}

export const phoneNotes = defineCodec({
  name: 'phone-notes',
  domain: 'notes of the numbers that stand in the text',
  doc: 'The words beside the phones of a free text, as a list of `+79182323121 Елена Петровна`; shares its wire path with `free-phones`. Words belong to the number between the same commas. Writing puts words beside numbers that the text has; other words are kept.',
  params: z.strictObject({}),
  kinds: ['texts'],
  part: () => 'words',
  compile(_params, { field }) {
    if (field.kind !== 'texts') return new CodecMisuse('phone-notes fills a list of texts');
    return {
      arity: 'one',
      declared: [NO_NUMBER, KEPT],
      decode(wire) {
        return typeof wire === 'string' || typeof wire === 'number' ? notesOf(String(wire)) : NOT_TEXT;
      },
      encode(value, current): Encoding {
        if (!isCanonicalList(value)) return refused('form', 'not a list of notes');
        const text = textOf(current);
        const notes = new Map(value.flatMap((note) => (NOTE.exec(note) === null ? [] : [[NOTE.exec(note)?.[1] ?? '', NOTE.exec(note)?.[2] ?? '']])));
        const there = new Set(findPhones(text).map(({ phone }) => phone));
        if (![...notes.keys()].some((phone) => there.has(phone))) return { wire: undefined, losses: [NO_NUMBER] };
        const written = withNotes(text, notes);
        const back = notesOf(written) ?? [];
        const lost = value.some((note) => !back.includes(note));
        return { wire: written, losses: lost ? [NO_NUMBER] : back.length > value.length ? [KEPT] : NO_LOSS };
      },
      clear: (current) => (current === undefined ? { wire: undefined, losses: NO_LOSS } : exactly(textOf(current))),
      // Words have a home only beside a number, which another line of the mapping writes.
      inDomain: () => false,
    };
  },
  examples: [
    {
      field: 'phoneNotes',
      wire: '78632171717 Иванов Иванович, 79182323121 Елена Петровна',
      value: ['+78632171717 Иванов Иванович', '+79182323121 Елена Петровна'],
      way: 'decode',
    },
    { field: 'phoneNotes', wire: 'мама: 8 (918) 232-31-21; 78632171717', value: ['+79182323121 мама'], way: 'decode' },
    { field: 'phoneNotes', wire: '78632171717 Иванов 79182323121 Елена', value: ['+78632171717 Иванов', '+79182323121 Елена'], way: 'decode' },
    { field: 'phoneNotes', wire: '79182323121', value: null, way: 'decode' },
    { field: 'phoneNotes', wire: 'звонить после обеда', value: null, way: 'decode' },
    {
      field: 'phoneNotes',
      current: '78632171717 Иванов, 79182323121',
      value: ['+78632171717 Иванов', '+79182323121 Елена Петровна'],
      wire: '78632171717 Иванов, 79182323121 Елена Петровна',
      way: 'encode',
    },
    { field: 'phoneNotes', value: ['+79182323121 Елена Петровна'], way: 'encode', loss: 'no-home' },
    { field: 'phoneNotes', wire: { a: 1 }, problem: true },
  ],
});

const textOf = (wire: Json | undefined): string => (typeof wire === 'string' ? wire.trim() : typeof wire === 'number' ? String(wire) : '');
