/** "Did you mean": the known name nearest to a mistyped one. */

/** Steps from one name to another: a letter put in, left out, replaced, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The nearest known name within a third of its length, or undefined. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

/** Cyrillic letters and the Latin ones that look the same. */
const LOOK_ALIKE: Readonly<Record<string, string>> = Object.fromEntries(
  [...'аеорсухіјѕһԁԛԝвкмнтзАВЕКМНОРСТУХІЈЅ'].map((letter, index) => [letter, [...'aeopcyxijshdqwbkmht3ABEKMHOPCTYXIJS'][index] ?? letter]),
);

const plain = (name: string): string => [...name.normalize('NFKC')].map((letter) => LOOK_ALIKE[letter] ?? letter).join('');

/** `; did you mean "x"?`, or nothing. Where only letters of another alphabet differ, which could not be seen, they are named. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const look = name.length > 200 ? null : plain(name).toLowerCase();
  const twin = look === null ? undefined : names.find((one) => one !== name && plain(one).toLowerCase() === look);
  if (twin !== undefined && twin.toLowerCase() !== name.toLowerCase()) return `; did you mean "${twin}"?${strangers(name, twin)}`;
  const near = nearest(name, names);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

function strangers(name: string, known: string): string {
  const letters = [...name];
  const right = [...known];
  const index = letters.findIndex((letter, place) => letter !== right[place]);
  const [wrong = '', wanted = ''] = [letters[index], right[index]];
  if (letters.length !== right.length) return '';
  return ` It is written with the ${alphabet(wrong)} "${wrong}" where the ${alphabet(wanted)} "${wanted}" belongs`;
}

function alphabet(letter: string): string {
  if (/\p{Script=Cyrillic}/u.test(letter)) return 'Cyrillic letter';
  return /[A-Za-z]/.test(letter) ? 'Latin letter' : 'sign';
}
