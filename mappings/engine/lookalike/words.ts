/** Words, numbers and addresses that look like given ones and are none of them: case, script, length and kind of name stay. */
import { isGivenName } from '../codecs/given-names.ts';
import type { Random } from '../proof/random.ts';

const GIVEN = {
  male: ['Сергей', 'Виктор', 'Олег', 'Максим', 'Егор', 'Кирилл', 'Павел', 'Тимур', 'Фёдор', 'Юрий'],
  female: ['Ольга', 'Вера', 'Нина', 'Лариса', 'Ирина', 'Полина', 'Тамара', 'Юлия', 'Зоя', 'Раиса'],
} as const;
const FATHERS = {
  male: ['Павлович', 'Олегович', 'Сергеевич', 'Максимович', 'Фёдорович', 'Юрьевич'],
  female: ['Павловна', 'Олеговна', 'Сергеевна', 'Максимовна', 'Фёдоровна', 'Юрьевна'],
} as const;
const SURNAMES = {
  male: ['Морозов', 'Лебедев', 'Соколов', 'Зайцев', 'Воробьёв', 'Орлов', 'Титов', 'Комаров'],
  female: ['Морозова', 'Лебедева', 'Соколова', 'Зайцева', 'Воробьёва', 'Орлова', 'Титова', 'Комарова'],
} as const;

const MEN_IN_A = /^(?:никита|илья|кузьма|лука|фома|савва|данила|гаврила|муса|иса)$/;
const PATRONYMIC = /(?:[оеё]вич|ьич)$/;
const PATRONYMIC_F = /(?:[оеё]вна|ична|инична)$/;
const SURNAME = /^[а-яё]{2,}(?:[оеё]в)$/;
const SURNAME_F = /^[а-яё]{2,}(?:[оеё]ва)$/;
/** Endings by which surnames are known; they stay. */
const ENDING = /(?:ск(?:ий|ая|ой)|ц(?:кий|кая)|енко|[иы]н|[иы]на|[иоы]й|ая|яя|ко|ук|юк|ак|як|ец|ян|дзе|швили|их|ых|ер|ман)$/;

/** Words that are nobody's: kinds of firms, streets and premises, months, and what marks a sole trader. */
const COMMON = new Set(
  `ип ооо оао зао пао ао нко гуп муп тсж снт кфх ано тоо ул улица пр проспект пер переулок ш шоссе бул бульвар пл площадь наб набережная
  г гор город обл область край респ р н д дом кв квартира корп корпус стр строение оф офис подъезд этаж под эт п индекс
  com ru org net www http https example
  магазин аптека школа завод фирма банк кафе салон склад база оглы кызы и на в с у к по за от до из не нет да или`.split(/\s+/),
);

export const isCommonWord = (word: string): boolean => COMMON.has(word.toLowerCase());

const VOWELS = ['аеиоуыэюя', 'aeiouy'] as const;
const CONSONANTS = ['бвгдзклмнпрст', 'bcdfghklmnprst'] as const;

/** Replaces words and numbers, each always by the same. */
export class Lookalikes {
  readonly #known = new Map<string, string>();
  readonly #random: Random;
  constructor(random: Random) {
    this.#random = random;
  }

  /** Every word and number of the text replaced; whatever stands between stays. Times of day stay too. */
  text(text: string): string {
    return text.replace(/\d{1,2}:\d{2}(?::\d{2})?|\p{L}+|\d+/gu, (token) =>
      token.includes(':') ? token : /^\d/.test(token) ? this.digits(token) : this.word(token),
    );
  }

  word(word: string): string {
    if (isCommonWord(word) && word.length < 12) return word;
    return cased(
      this.once(word.toLowerCase(), (lower) => this.#makeWord(lower, word[0] !== lower[0])),
      word,
    );
  }

  /** As many digits; zeroes in front stay, and the first of the others stays other than zero. */
  digits(digits: string): string {
    return this.once(digits, () => {
      const zeroes = /^0*/.exec(digits)?.[0] ?? '';
      const rest = digits.slice(zeroes.length);
      if (rest === '') return digits;
      return `${zeroes}${[...rest].map((digit, index) => this.#digit(digit, index === 0)).join('')}`;
    });
  }

  email(address: string): string {
    return this.once(address.toLowerCase(), () => `${this.text(address.split('@')[0]?.toLowerCase() ?? 'x')}@example.com`);
  }

  /** Remembers what stands for a text; it is never the text itself. */
  once(text: string, make: (text: string) => string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    let made = make(text);
    for (let turn = 0; made === text && turn < 20; turn++) made = make(text);
    this.#known.set(text, made);
    return made;
  }

  #digit(digit: string, first: boolean): string {
    const other = String((Number(digit) + 1 + this.#random.int(9)) % 10);
    return first && other === '0' ? (digit === '9' ? '1' : '9') : other;
  }

  #makeWord(lower: string, isName: boolean): string {
    if (isName && isGivenName(lower)) return this.#pick(GIVEN[MEN_IN_A.test(lower) || !/[ая]$/.test(lower) ? 'male' : 'female']);
    const listed = isName ? listOf(lower) : null;
    if (listed !== null) return this.#pick(listed);
    const ending = lower.length > 4 ? (ENDING.exec(lower)?.[0] ?? '') : '';
    const stem = lower.slice(0, lower.length - ending.length);
    return `${[...stem].map((letter) => this.#letter(letter)).join('')}${ending}`;
  }

  #pick(names: readonly string[]): string {
    return (this.#random.any(names) ?? '').toLowerCase();
  }

  #letter(letter: string): string {
    for (const alphabet of [...VOWELS, ...CONSONANTS]) {
      if (alphabet.includes(letter)) return otherOf(alphabet, letter, this.#random);
    }
    if (/[а-яё]/.test(letter)) return otherOf(CONSONANTS[0], letter, this.#random);
    if (/[a-z]/.test(letter)) return otherOf(CONSONANTS[1], letter, this.#random);
    const next = String.fromCodePoint((letter.codePointAt(0) ?? 0) + 1);
    return /^\p{L}$/u.test(next) ? next : letter;
  }
}

function listOf(lower: string): readonly string[] | null {
  const tests: readonly (readonly [RegExp, readonly string[]])[] = [
    [PATRONYMIC, FATHERS.male],
    [PATRONYMIC_F, FATHERS.female],
    [SURNAME, SURNAMES.male],
    [SURNAME_F, SURNAMES.female],
  ];
  return tests.find(([form]) => form.test(lower))?.[1] ?? null;
}

function otherOf(alphabet: string, letter: string, random: Random): string {
  const others = [...alphabet].filter((other) => other !== letter);
  return random.any(others) ?? letter;
}

/** The word in the case of the other: all capitals, a capital in front, or as it is. */
function cased(word: string, like: string): string {
  if (like.length > 1 && like === like.toUpperCase() && like !== like.toLowerCase()) return word.toUpperCase();
  const first = like[0] ?? '';
  return first !== first.toLowerCase() ? `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}` : word;
}
