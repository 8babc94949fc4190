/** The last line of defence before a text leaves the process: known secrets and whatever looks like a contact of a person. */
import { maskPersonal, redactSecrets } from '../core/redact.ts';

/** Ten digits or more, with the signs people write between them; not part of a longer word, and no date. */
const PHONE = /(?<![\w-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ ()\-\u00a0]{0,2}\d){9,}(?![\w-])/g;
const EMAIL = /[^\s@"'<>()[\]{},;:=]+@[^\s@"'<>()[\]{},;:=]+\.[^\s@"'<>()[\]{},;:=.]{2,}/g;

export type Scrub = (text: string) => string;

/** Secrets become `***`, phones and e-mail addresses are masked. */
export function scrubber(secrets: Iterable<string>): Scrub {
  const known = [...secrets].sort((a, b) => b.length - a.length);
  return (text) =>
    redactSecrets(text, known)
      .replace(EMAIL, (address) => maskPersonal(address))
      .replace(PHONE, (digits) => maskPersonal(digits.replace(/[^\d+]/g, '')));
}
