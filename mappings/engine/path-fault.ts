/** Why a text is no wire path, and what to write instead. */
import { quoted, unseenSign } from '../../core/names.ts';

const FORM = 'a path is a field, with points for what is inside: passport.serial, "contacts[type=mobile].value"';

/** What is wrong with a text that is no path. */
export function notAPath(text: string): string {
  return `${quoted(text)} is not a wire path: ${reason(text.trim())}`;
}

function reason(text: string): string {
  const unseen = unseenSign(text);
  if (text === '') return 'it is empty; name the field of the record';
  if (unseen !== null) return `a ${unseen.name} stands in it; type it anew`;
  const curly = /[“”„«»‘’]/.exec(text)?.[0];
  if (curly !== undefined) return `it has the quote ${curly}; use " or none`;
  const open = text.split('[').length - text.split(']').length;
  if (open !== 0) return open > 0 ? 'its [ is not closed; write "list[member=value]"' : 'it has a ] too many';
  const selector = /\[([^\]]*)\]/.exec(text)?.[1];
  if (selector !== undefined && /^\d*$/.test(selector)) return 'items are chosen by a member and not by number; write "list[member=value]"';
  if (selector !== undefined && /[=:<>]{2}|["'~<>:]/.test(selector))
    return 'a selector is member=value, with one = and without quotes; write "list[member=value]"';
  if (/^\.|\.$|\.\./.test(text)) return 'a name is missing beside a point';
  if (/\s/.test(text)) return 'there are blanks in it; several fields are a list: [one, other]';
  if (/^\d/.test(text)) return 'a name begins with a letter';
  return FORM;
}
