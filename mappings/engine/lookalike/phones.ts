/** Phone numbers replaced in their texts: country and length stay, and the number is one that could be given. */
import { findPhones } from '../codecs/free-phones.ts';
import { isCanonicalPhone } from '../codecs/phone.ts';
import type { Random } from '../proof/random.ts';
import type { MovedDate } from './dates.ts';
import type { Lookalikes } from './words.ts';

/** Phones in a text with what stands for each. */
export function otherPhones(text: string, words: Lookalikes, random: Random): readonly MovedDate[] {
  return findPhones(text).map(({ phone, from, to }) => {
    const other = words.once(phone, () => phoneLike(phone, random));
    return { from, to, text: withDigits(text.slice(from, to), other.slice(1)) };
  });
}

/** A number of the same country and length, of the same kind by its first digit. */
function phoneLike(phone: string, random: Random): string {
  const kept = phone.startsWith('+7') ? 3 : Math.min(6, phone.length - 5);
  for (let turn = 0; turn < 200; turn++) {
    const made = `${phone.slice(0, kept)}${random.digits(phone.length - kept)}`;
    if (made !== phone && isCanonicalPhone(made)) return made;
  }
  return phone.startsWith('+7') ? `${phone.slice(0, 3)}${random.digits(9)}` : '+79990000000'.slice(0, phone.length);
}

/** The text with its digits replaced from behind, so that a prefix of its own (8, or none) stays. */
function withDigits(text: string, digits: string): string {
  const national = digits.startsWith('7') && digits.length === 11 ? digits.slice(1) : digits;
  const characters = [...text];
  let next = national.length - 1;
  for (let index = characters.length - 1; index >= 0 && next >= 0; index--) {
    if (/\d/.test(characters[index] ?? '')) characters[index] = national[next--] ?? '0';
  }
  return characters.join('');
}
