import type { Dice } from './dice.ts';

/** `79161234567` as people write it. */
export function spellPhone(phone: string, dice: Dice): string {
  const [, code = '', first = '', second = '', third = ''] = /^7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(phone) ?? [];
  return dice.pick([
    phone,
    `+${phone}`,
    `8${phone.slice(1)}`,
    `+7 ${code} ${first}-${second}-${third}`,
    `8(${code})${first}-${second}-${third}`,
    `8 (${code}) ${first} ${second} ${third}`,
    `${code}${first}${second}${third}`,
  ]);
}

/** The same address in another case. */
export function spellEmail(email: string, dice: Dice): string {
  const [name = '', domain = ''] = email.split('@');
  if (dice.chance(0.7)) return email;
  return dice.chance(0.5) ? email.toUpperCase() : `${name.charAt(0).toUpperCase()}${name.slice(1)}@${domain}`;
}

/** How one operator writes one person's names. */
export interface Handwriting {
  yo: boolean;
  upper: boolean;
  typo: boolean;
  spaces: boolean;
}

/** A handwriting: `yo` is the chance that ё is kept. */
export function handwriting(dice: Dice, yo: number): Handwriting {
  return { yo: dice.chance(yo), upper: dice.chance(0.08), typo: dice.chance(0.012), spaces: dice.chance(0.02) };
}

/** One letter of a name replaced by its neighbour on the keyboard, or left out. */
const mistype = (name: string, dice: Dice): string => {
  const row = 'йцукенгшщзхфывапролджэячсмитьбю';
  const at = dice.int(1, Math.max(1, name.length - 2));
  const near = row[row.indexOf(name.charAt(at)) + 1] ?? '';
  return `${name.slice(0, at)}${dice.chance(0.7) ? near : ''}${name.slice(at + 1)}`;
};

/** A name in a handwriting; only a surname is mistyped. */
export function spellName(name: string, hand: Handwriting, dice: Dice, surname = false): string {
  let spelled = hand.yo ? name : name.replaceAll('ё', 'е').replaceAll('Ё', 'Е');
  if (surname && hand.typo && spelled.length > 3) spelled = mistype(spelled, dice);
  if (hand.upper) spelled = spelled.toUpperCase();
  return hand.spaces && spelled !== '' ? `${spelled} ` : spelled;
}
