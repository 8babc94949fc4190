/** Names that people and vendors write: which are refused, and how a message quotes them. */

const FORBIDDEN = new Set(Object.getOwnPropertyNames(Object.prototype).concat('prototype'));

/** Names that JavaScript objects have by themselves: never a field, a path or a key, nor a part of the name of an attribute. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name) || (name.startsWith('attributes.') && name.split('.').some((part) => FORBIDDEN.has(part)));
}

/** Signs that are not seen or look like a blank, with the name under which a person can look for them. */
const UNSEEN: Readonly<Record<string, string>> = {
  '\u00a0': 'no-break space',
  '\u00ad': 'soft hyphen',
  '\u200b': 'zero-width space',
  '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner',
  '\u200e': 'left-to-right mark',
  '\u200f': 'right-to-left mark',
  '\u202f': 'narrow no-break space',
  '\u2060': 'word joiner',
  '\u3000': 'wide space',
  '\ufeff': 'byte order mark',
};
const UNSEEN_SIGN = /[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/;

export interface UnseenSign {
  readonly index: number;
  /** `no-break space (U+00A0)`. */
  readonly name: string;
}

/** The first sign of a text that nobody sees; null where there is none. */
export function unseenSign(text: string): UnseenSign | null {
  const match = UNSEEN_SIGN.exec(text);
  return match === null ? null : { index: match.index, name: signName(match[0]) };
}

/** A sign by its name and number. */
export function signName(sign: string): string {
  const number = `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return UNSEEN[sign] === undefined ? number : `${UNSEEN[sign]} (${number})`;
}

const MOST = 60;
const UNPRINTABLE = /\p{Cc}|\p{Cf}|[\u2028\u2029]/gu;

/** A name as a message shows it: in quotes, short, without anything that a terminal would obey. */
export function quoted(name: string): string {
  const short = name.length > MOST ? `${name.slice(0, MOST)}…` : name;
  return `"${short.replace(UNPRINTABLE, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)}"`;
}
