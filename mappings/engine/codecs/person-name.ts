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
export const SOLE_TRADER = /^(?:ИП|индивидуальный предприниматель)\s+|\s+(?:ИП|индивидуальный предприниматель)$/i;

/** One blank between words, none at the ends. */
export const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The name in its parts where it is surely one of a person; null otherwise. */
export function readFullName(text: string): PersonName | null {
  const words = joinTurkic(spaced(text).replace(SOLE_TRADER, '').trim().split(' '));
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
  if (third && !second) return isGivenName(a) && !isGivenName(b) ? null : { last: a, first: b, middle: c };
  if (second && !third) return { last: c, first: a, middle: b };
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
