/** Are two names the name of one person? Decided by parts; what is missing on one side decides nothing. */
import type { FieldValues, Value } from '../../core/model.ts';

/**
 * `same`: all parts that both have agree, first names among them. `similar`: one letter off in one part, or only one part to
 * compare. `unknown`: nothing to compare. `different`: parts contradict each other.
 */
export type NameMatch = 'same' | 'similar' | 'unknown' | 'different';

interface Name {
  readonly last: string;
  readonly first: string;
  readonly middle: string;
  readonly display: string;
}

const clean = (value: Value | undefined): string =>
  typeof value !== 'string'
    ? ''
    : value
        .normalize('NFKC')
        .toLowerCase()
        .replaceAll('ё', 'е')
        .replace(/[^\p{L}\p{N} -]/gu, ' ')
        .replace(/\s+/g, ' ')
        .trim();

function nameOf(values: FieldValues): Name {
  return { last: clean(values['name.last']), first: clean(values['name.first']), middle: clean(values['name.middle']), display: clean(values['name.display']) };
}

/** Compares two clients by name. */
export function compareNames(a: FieldValues, b: FieldValues): NameMatch {
  const [x, y] = [nameOf(a), nameOf(b)];
  if (x.display !== '' || y.display !== '') return compareDisplay(x, y);
  const parts = [comparePart(x.first, y.first), comparePart(x.last, y.last), comparePart(x.middle, y.middle)] as const;
  if (swapped(x, y)) return 'same';
  if (parts.every((part) => part === 'missing')) return 'unknown';
  if (parts.includes('other')) return 'different';
  const typos = parts.filter((part) => part === 'typo').length;
  if (typos > 1) return 'different';
  if (typos === 1) return 'similar';
  const equal = parts.filter((part) => part === 'equal').length;
  if (parts[0] === 'equal' && equal >= 2) return 'same';
  return equal === 0 ? 'unknown' : 'similar';
}

/** The same given name and patronymic, whatever the surname: a person who married, not a relative, who has another patronymic. */
export function sameGivenNames(a: FieldValues, b: FieldValues): boolean {
  const [x, y] = [nameOf(a), nameOf(b)];
  return x.first.length > 1 && x.first === y.first && x.middle.length > 1 && x.middle === y.middle;
}

/** The same given name, whatever else. */
export function sameGivenName(a: FieldValues, b: FieldValues): boolean {
  const [x, y] = [nameOf(a), nameOf(b)];
  return x.first.length > 1 && x.first === y.first;
}

/** Given names or patronymics that no one person has, whatever the surname: which changes with a marriage. A single text clashes where it shares no word. */
export function givenNamesClash(a: FieldValues, b: FieldValues): boolean {
  const [x, y] = [nameOf(a), nameOf(b)];
  if (x.display !== '' || y.display !== '') return compareDisplay(x, y) === 'different';
  return !swapped(x, y) && (clash(x.first, y.first) || clash(x.middle, y.middle));
}

/** One of several given names is enough: «Анна Мария» is called «Анна», and a patronymic may stand beside the given name. */
function clash(a: string, b: string): boolean {
  const words = new Set(a.split(/[ -]/));
  return comparePart(a, b) === 'other' && !b.split(/[ -]/).some((word) => words.has(word));
}

/** Surname and given name the other way round. */
function swapped(x: Name, y: Name): boolean {
  return x.last !== '' && x.first !== '' && x.last === y.first && x.first === y.last && comparePart(x.middle, y.middle) !== 'other';
}

/** A name that is one text on at least one side: an organisation, or a name that could not be taken apart. */
function compareDisplay(x: Name, y: Name): NameMatch {
  const [a, b] = [wholeOf(x), wholeOf(y)];
  if (a === '' || b === '') return 'unknown';
  if (a === b) return 'same';
  const [left, right] = [new Set(a.split(' ')), new Set(b.split(' '))];
  const [small, large] = left.size <= right.size ? [left, right] : [right, left];
  const shared = [...small].filter((word) => large.has(word)).length;
  if (shared === small.size && small.size >= 2) return 'same';
  return shared === small.size ? 'similar' : shared > 0 ? 'unknown' : 'different';
}

function wholeOf(name: Name): string {
  return name.display !== '' ? name.display : [name.last, name.first, name.middle].filter((part) => part !== '').join(' ');
}

type PartMatch = 'equal' | 'typo' | 'missing' | 'other';

function comparePart(a: string, b: string): PartMatch {
  if (a === '' || b === '') return 'missing';
  if (a === b) return 'equal';
  if (isInitial(a, b) || isInitial(b, a)) return 'equal';
  return Math.min(a.length, b.length) >= 4 && oneEditApart(a, b) ? 'typo' : 'other';
}

/** «С.» stands for «Сергей». */
function isInitial(short: string, long: string): boolean {
  return short.length === 1 && long.startsWith(short);
}

/** One letter inserted, dropped or replaced, or two neighbours exchanged. */
export function oneEditApart(a: string, b: string): boolean {
  const [x, y] = a.length <= b.length ? [[...a], [...b]] : [[...b], [...a]];
  if (y.length - x.length > 1) return false;
  let i = 0;
  while (i < x.length && x[i] === y[i]) i++;
  const rest = (letters: string[], from: number): string => letters.slice(from).join('');
  if (x.length < y.length) return rest(x, i) === rest(y, i + 1);
  if (rest(x, i + 1) === rest(y, i + 1)) return true;
  return x[i] === y[i + 1] && x[i + 1] === y[i] && rest(x, i + 2) === rest(y, i + 2);
}
