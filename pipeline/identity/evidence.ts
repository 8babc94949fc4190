/** Evidence that two client records of different or the same system are one person, and what follows from it. */
import type { FieldValues } from '../../core/model.ts';
import { compareNames, givenNamesClash, oneEditApart, sameGivenName, sameGivenNames } from './names.ts';

export type Evidence = 'reference' | 'card' | 'phone' | 'email';

/**
 * `link`: one person. `review`: perhaps; a person decides. `none`: the shared contact proves nothing.
 * `strength` orders links: what is stronger is decided first.
 */
export interface Verdict {
  readonly kind: 'link' | 'review' | 'none';
  readonly strength: number;
  readonly why: string;
}

const none = (why: string): Verdict => ({ kind: 'none', strength: 0, why });
const review = (why: string): Verdict => ({ kind: 'review', strength: 0, why });

/** Judges two records that share something. */
export function judgePair(a: FieldValues, b: FieldValues, shared: ReadonlySet<Evidence>): Verdict {
  if (shared.has('reference')) return { kind: 'link', strength: 90, why: 'our own reference' };
  const names = compareNames(a, b);
  const birth = compareBirth(a, b);
  const sexes = a['sex'] != null && b['sex'] != null && a['sex'] !== b['sex'];
  const contacts = (shared.has('phone') ? 1 : 0) + (shared.has('email') ? 1 : 0);
  if (shared.has('card')) {
    const against = incompatible(a, b);
    // A family shares its card and its phone: a contact explains another surname, and does not vouch for who holds the card.
    if (against !== null || (names === 'different' && contacts === 0)) return review(`one card, different ${against ?? 'names'}`);
    return { kind: 'link', strength: 80 + contacts, why: 'card number' };
  }
  if (contacts === 0) return none('nothing shared');
  if (names === 'different' && birth !== 'other' && sameGivenNames(a, b)) return review('shared contact and given names, another surname');
  return judgeContact(names, birth, sexes, contacts);
}

function judgeContact(names: ReturnType<typeof compareNames>, birth: BirthMatch, sexes: boolean, contacts: number): Verdict {
  if (names === 'different') {
    return birth === 'equal' ? review('shared contact and birth date, different names') : none('shared contact, different names');
  }
  if (birth === 'other') return review('shared contact, different birth dates');
  if (names === 'same') {
    if (birth === 'typo') return review('shared contact and name, birth dates one digit apart');
    const strength = 60 + contacts + (birth === 'equal' ? 10 : 0);
    return sexes && birth !== 'equal' ? review('shared contact and name, different sex') : { kind: 'link', strength, why: 'contact and name' };
  }
  if (birth === 'equal' || (contacts === 2 && names === 'similar')) return { kind: 'link', strength: 50 + contacts, why: 'contact, similar name and more' };
  return review(names === 'similar' ? 'shared contact, similar name' : 'shared contact, no name to compare');
}

/**
 * Two records that were linked stay one client when one of them is edited: a new phone, a married name, a corrected birthday have
 * to reach the other. Only a record that shares nothing any more, not even given name or birth date, is somebody else's now.
 */
export function stillOne(a: FieldValues, b: FieldValues, shared: ReadonlySet<Evidence>): boolean {
  return shared.size > 0 || compareNames(a, b) !== 'different' || sameGivenName(a, b) || compareBirth(a, b) === 'equal';
}

/** What says that two records are two people, whatever they share: given names, birth dates, or the sex of two who are not the same by name and birth date. */
export function incompatible(a: FieldValues, b: FieldValues): string | null {
  if (givenNamesClash(a, b)) return 'given names';
  const birth = compareBirth(a, b);
  if (birth === 'other') return 'birth dates';
  const sexes = a['sex'] != null && b['sex'] != null && a['sex'] !== b['sex'];
  return sexes && !(birth === 'equal' && compareNames(a, b) === 'same') ? 'sex' : null;
}

/** Why two records cannot well be one person, whatever connects them: over a third record that says less, or directly. */
export function contradiction(a: FieldValues, b: FieldValues): string | null {
  if (compareNames(a, b) === 'different') return 'names';
  return compareBirth(a, b) === 'other' ? 'birth dates' : null;
}

type BirthMatch = 'equal' | 'typo' | 'missing' | 'other';

function compareBirth(a: FieldValues, b: FieldValues): BirthMatch {
  const [x, y] = [a['birthDate'], b['birthDate']];
  if (typeof x !== 'string' || typeof y !== 'string' || x === '' || y === '') return 'missing';
  if (x === y) return 'equal';
  if (x.startsWith('--') || y.startsWith('--')) return x.slice(-5) === y.slice(-5) ? 'equal' : 'other';
  if (x.length < 10 || y.length < 10) return x.startsWith(y) || y.startsWith(x) ? 'equal' : 'other';
  const daySwapped = x.slice(0, 4) === y.slice(0, 4) && x.slice(5, 7) === y.slice(8) && x.slice(8) === y.slice(5, 7);
  return daySwapped || oneEditApart(x, y) ? 'typo' : 'other';
}
