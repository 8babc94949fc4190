import type { Dice } from './dice.ts';
import type { Person } from './people.ts';

/** The vendors of the sandbox. */
export const vendors = ['virtualpos', 'artix', 'lotinfo', 'vodyanoy'] as const;

/** One vendor of the sandbox. */
export type Vendor = (typeof vendors)[number];

/** Combinations of vendors with their weights in per cent: V VirtualPOS, A Artix, L Lotinfo, W Vodyanoy. */
const combinations: readonly (readonly [string, number])[] = [
  ['VA', 19],
  ['VAL', 8],
  ['VAW', 8],
  ['VALW', 4],
  ['VL', 5],
  ['VW', 5],
  ['AL', 4],
  ['AW', 4],
  ['LW', 8],
  ['V', 8],
  ['A', 9],
  ['L', 9],
  ['W', 9],
];
const letters: Record<string, Vendor> = { V: 'virtualpos', A: 'artix', L: 'lotinfo', W: 'vodyanoy' };

const draw = (dice: Dice): string => {
  let left = dice.next() * 100;
  for (const [combination, weight] of combinations) {
    left -= weight;
    if (left < 0) return combination;
  }
  return 'VA';
};

/**
 * The vendors that know a person: about 57 % are in VirtualPOS, 56 % in Artix, 38 % in Lotinfo and in Vodyanoy, 65 %
 * in more than one. Companies are in Vodyanoy alone, entrepreneurs always there.
 */
export function membership(person: Person, dice: Dice): Set<Vendor> {
  const drawn = draw(dice);
  if (person.trade === 'company') return new Set(['vodyanoy']);
  const known = new Set([...drawn].flatMap((letter) => letters[letter] ?? []));
  if (person.trade === 'entrepreneur') known.add('vodyanoy');
  return known;
}

/** What the two bonus systems hold for a person, in kopecks; undefined = the system holds nothing. */
export interface Balances {
  virtualpos: number | undefined;
  artix: number | undefined;
}

/**
 * Bonus balances of a person. Artix keeps them on a card, so there must be one. Of the people in both systems about
 * 70 % have the same balance in both, 20 % in one only, 10 % different ones.
 */
export function balances(person: Person, known: ReadonlySet<Vendor>, dice: Dice): Balances {
  const fate = dice.next();
  const other = dice.int(1, 300_000);
  const virtualpos = known.has('virtualpos') ? person.points : undefined;
  const artix = known.has('artix') && person.card !== undefined ? person.points : undefined;
  if (virtualpos === undefined || artix === undefined || fate < 0.7) return { virtualpos, artix };
  if (fate < 0.8) return { virtualpos, artix: undefined };
  if (fate < 0.9) return { virtualpos: undefined, artix };
  return { virtualpos, artix: other === artix ? other + 1 : other };
}
