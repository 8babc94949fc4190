/** Regular expressions out of files: only those that need no trying again, however the text was chosen. */
import { analyse } from 'scslre';

/** Longer ones are not looked at: the look itself takes time. */
const LONGEST = 200;
/** Each doubles at worst what is tried. */
const MOST_OPTIONAL_GROUPS = 6;

/** What is wrong with a pattern, in words; null: it may be used. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > LONGEST) return `a pattern has ${LONGEST} characters at most`;
  try {
    new RegExp(pattern);
    const parts = partsOf(pattern);
    if (parts.some((part) => /^(?:\\[1-9k]|\(\?[=!<])/.test(part))) return 'a pattern looks neither ahead nor back (no \\1, (?=, (?!, (?<)';
    const groups = parts.filter((part, index) => QUANTIFIER.test(part) && parts[index - 1] === ')');
    if (groups.some((part) => part !== '?')) return 'this pattern backtracks: it repeats a group; only single characters and [classes] are repeated here';
    if (groups.length > MOST_OPTIONAL_GROUPS) return `this pattern backtracks: it has more than ${MOST_OPTIONAL_GROUPS} groups that may be missing`;
    // The analysis knows endless repetitions alone: with many limited ones a search is as long.
    const source = parts.map((part, index) => (QUANTIFIER.test(part) && parts[index - 1] !== ')' ? '*' : part)).join('');
    const [first] = analyse({ source, flags: '' }, { assumeRejectingSuffix: true }).reports;
    if (first === undefined) return null;
    return `this pattern backtracks: the time it takes grows faster than the text${first.type === 'Move' ? '; begin it with ^' : ''}`;
  } catch {
    return 'this is no regular expression';
  }
}

const QUANTIFIER = /^(?:[*+?]|\{\d+,\d*\})\??$/;
/** An escape, a class, the beginning of a group, a quantifier, or one character. */
const PART = /\\(?:.|$)|\[(?:\\.|[^\]\\])*\]|\(\?(?:<[=!]?|[:=!])?|(?:[*+?]|\{\d+,?\d*\})\??|[\s\S]/gu;

function partsOf(pattern: string): readonly string[] {
  // `{4}` repeats without a choice.
  return pattern.match(PART) ?? [];
}
