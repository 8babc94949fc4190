/** Whether a text is surely a person's name, and which word is what. */
import { isGivenName } from './given-names.ts';

export interface PersonName {
  readonly last: string | null;
  readonly first: string | null;
  readonly middle: string | null;
}

const WORD = /^(?:[А-ЯЁ][а-яё]+(?:-[А-ЯЁа-яё][а-яё]+)*|[А-ЯЁ]{2,}(?:-[А-ЯЁ]{2,})*)$/;
const PATRONYMIC = /(?:[оеё]вич|ьич|[оеё]вна|ична|инична)$/i;
const TURKIC = /^(?:оглы|оглу|кызы|гызы|улы|уулу)$/i;
const SURNAME = /(?:[оеё]в|[иы]н|[иоы]й|[оеё]ва|[иы]на|ая|яя|ко|ук|юк|ак|як|ец|ич|ян|дзе|швили|их|ых|ер|ман)$/i;
/** Words of firms, places and things that look like names. */
const NOT_NAME =
  /^(?:ооо|оао|зао|пао|ао|нко|гуп|муп|мбоу|мкоу|тсж|снт|кфх|фгуп|ано|тоо|магазин|аптека|школа|завод|фирма|банк|офис|кафе|салон|склад|база|фонд|улица|ул|проспект|пр|переулок|пер|шоссе|бульвар|площадь|дом|кв|квартира|подъезд|корпус|частный|клиент|покупатель|организация|компания|общество|товарищество|детский|сад|центр|студия|группа|отель|гостиница|больница)$/i;
/** The marker of a sole trader before or behind a name. */
const SOLE_TRADER = /^(?:ИП|индивидуальный предприниматель)\s+|\s+(?:ИП|индивидуальный предприниматель)$/i;

/** Words of address before a name; with or without a point. */
const HONORIFIC = /^(?:г-н|г-жа|господин|госпожа|гражданин|гражданка|гр|тов|товарищ|уважаемый|уважаемая|д-р|доктор|mr|mrs|ms|dr)\.?\s+/iu;

/** A name without what stands around it: honorifics, the mark of a sole trader. */
export function bareName(text: string): { readonly before: string; readonly name: string; readonly after: string } {
  let name = spaced(text);
  let [before, after] = ['', ''];
  for (;;) {
    const mark = HONORIFIC.exec(name) ?? SOLE_TRADER.exec(name);
    if (mark === null || mark[0].length === name.length) return { before, name, after };
    if (mark.index === 0) [before, name] = [before + mark[0], name.slice(mark[0].length)];
    else [name, after] = [name.slice(0, mark.index), mark[0] + after];
  }
}

/** One blank between words, none at the ends. */
export const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The name in its parts where it is surely one of a person; null otherwise. */
export function readFullName(text: string): PersonName | null {
  const words = joinTurkic(bareName(text).name.split(' '));
  if (words.length < 2 || words.length > 3) return null;
  if (!words.every((word) => word.split(' ').every((one, index) => (index > 0 ? TURKIC.test(one) : WORD.test(one) && !NOT_NAME.test(one))))) return null;
  const [a = '', b = '', c] = words;
  return c === undefined ? ofTwo(a, b) : ofThree(a, b, c);
}

/** `Вели оглы` is one patronymic. */
function joinTurkic(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    if (TURKIC.test(word) && before !== undefined && joined.length > 1) joined[joined.length - 1] = `${before} ${word}`;
    else joined.push(word);
  }
  return joined;
}

const isPatronymic = (word: string): boolean => word.includes(' ') || PATRONYMIC.test(word);

function ofThree(a: string, b: string, c: string): PersonName | null {
  const second = isPatronymic(b);
  const third = isPatronymic(c);
  if (third && !second) {
    if (!isGivenName(a) || isGivenName(b)) return { last: a, first: b, middle: c };
    // A surname between a given name and a patronymic; a surname that only looks like a patronymic proves nothing.
    return SERBIAN.test(c) ? null : { last: b, first: a, middle: c };
  }
  if (second && !third) return isGivenName(c) && !isGivenName(a) ? { last: a, first: c, middle: b } : { last: c, first: a, middle: b };
  if (isPatronymic(a) && !second && isGivenName(b) !== isGivenName(c)) {
    return isGivenName(b) ? { last: c, first: b, middle: a } : { last: b, first: c, middle: a };
  }
  if (second && third && isGivenName(a)) return { last: c, first: a, middle: b };
  return null;
}

function ofTwo(a: string, b: string): PersonName | null {
  const [givenA, givenB] = [isGivenName(a), isGivenName(b)];
  if (givenA && !givenB && isPatronymic(b) && !SERBIAN.test(b)) return { last: null, first: a, middle: b };
  if (givenA === givenB) return null;
  const surname = givenA ? b : a;
  if (isPatronymic(surname) || !SURNAME.test(surname)) return null;
  return { last: surname, first: givenA ? a : b, middle: null };
}

/** Surnames that are never patronymics of today. */
const SERBIAN = /^(?:абрамович|рабинович|каганович|мицкевич|петкевич|юркевич|станкевич|лукашевич|янкович)$/i;

/** Words in the order that a vendor keeps to; null for one word and for what is no name (firms, digits). */
export function readInOrder(text: string, order: 'last-first-middle' | 'first-middle-last' | 'first-last'): PersonName | null {
  const words = bareName(text)
    .name.split(' ')
    .map((word) => word.replace(/,$/, ''));
  if (words.length < 2 || words.some((word) => NOT_NAME.test(word) || !/^\p{L}[\p{L}.'’-]*$/u.test(word))) return null;
  const [a = '', b = '', ...rest] = words;
  if (order === 'last-first-middle') return { last: a, first: b, middle: rest.length === 0 ? null : rest.join(' ') };
  if (order === 'first-last') return { last: [b, ...rest].join(' '), first: a, middle: null };
  const last = rest.pop() ?? b;
  return { last, first: a, middle: words.length === 2 ? null : [b, ...rest].join(' ') };
}
