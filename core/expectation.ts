/** What a schema expected, in words for people; never the value that was found. */
import type { ZodError } from 'zod';

export type SchemaIssue = ZodError['issues'][number];

/** `alternatives`: the faults of all forms of which one should have fitted. */
export function expectation(issue: SchemaIssue, alternatives: readonly SchemaIssue[] = []): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}${received(issue.message)}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected ${sized(issue.origin)} of ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `expected ${sized(issue.origin)} of at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'url'
        ? 'expected an http or https address'
        : issue.message.startsWith('Invalid')
          ? `expected the form ${issue.pattern ?? issue.format}`
          : asExpectation(issue.message);
    case 'invalid_union':
      return alternatives.length === 0 ? 'expected another form' : [...new Set(withValues(alternatives).map((one) => expectation(one)))].join(', or ');
    default:
      return asExpectation(issue.message);
  }
}

/** Values that several forms allow are told as one list, each once; where a number and its text are allowed they read alike. */
function withValues(alternatives: readonly SchemaIssue[]): readonly SchemaIssue[] {
  const listed = alternatives.filter((one) => one.code === 'invalid_value');
  const [first] = listed;
  if (first === undefined) return alternatives;
  const values = [...new Map(listed.flatMap((one) => one.values).map((value) => [String(value), value])).values()];
  return [{ ...first, values }, ...alternatives.filter((one) => one.code !== 'invalid_value')];
}

const asExpectation = (message: string): string => (/^(expected|needs|needed)/.test(message) ? message : `expected ${message}`);

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a set of keys',
  record: 'a set of keys',
  array: 'a list',
};

function received(message: string): string {
  const kind = /received (\w+)/.exec(message)?.[1];
  if (kind === undefined || kind === 'undefined') return '';
  return `, found ${{ string: 'a text', number: 'a number', boolean: 'true or false', object: 'a set of keys', array: 'a list', null: 'nothing' }[kind] ?? kind}`;
}

function sized(origin: string): string {
  if (origin === 'string') return 'a text with a length';
  if (origin === 'array') return 'a list with a length';
  return origin === 'int' ? 'a whole number' : 'a number';
}
