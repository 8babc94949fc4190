const YO: readonly (readonly [RegExp, string])[] = [
  [/^Петр$/, 'Пётр'],
  [/^Семен$/, 'Семён'],
  [/^Федор$/, 'Фёдор'],
  [/^Артем$/, 'Артём'],
  [/^Алена$/, 'Алёна'],
  [/^(Соловь|Муравь|Воробь)ев/, '$1ёв'],
  [/^(Корол|Кисел|Журавл|Ковал|Щегол)ев/, '$1ёв'],
];
/** A name of the generator, which knows no ё, as its owner writes it. */
export const withYo = (name: string): string => YO.reduce((text, [pattern, yo]) => text.replace(pattern, yo), name);

const latin: Record<string, string> = Object.fromEntries(
  'а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:h ц:c ч:ch ш:sh щ:sch ъ: ы:y ь: э:e ю:yu я:ya'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);
/** A name in Latin letters, for e-mail addresses. */
export const toLatin = (text: string): string => [...text.toLowerCase()].map((letter) => latin[letter] ?? '').join('');

/** Thirteen digits: the twelve given and their check digit. */
export const ean13 = (first12: string): string => {
  const sum = [...first12].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${first12}${(10 - (sum % 10)) % 10}`;
};

/** The other sex's form of a surname where it is regular, else a surname of its own. */
export const pairedLastName = (name: string, otherwise: string): string => {
  if (/(ов|ев|ёв|ин)$/.test(name)) return `${name}а`;
  return /(ова|ева|ёва|ина)$/.test(name) ? name.slice(0, -1) : otherwise;
};
