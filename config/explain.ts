/** Turns what zod found into faults with a place, what was expected and the nearest known key. */
import type { ZodError } from 'zod';
import { suggestion } from '../core/nearest.ts';
import type { ConfigProblem } from './problems.ts';
import { keysAt, type Shape } from './shape.ts';
import type { KeyPath, Source } from './source.ts';

type Issue = ZodError['issues'][number];

/** `prefix` is the path in the file at which the checked value stands. */
export function explainIssues(error: ZodError, source: Source, shape: Shape, prefix: KeyPath = []): ConfigProblem[] {
  return error.issues.flatMap((issue) => explain(issue, source, shape, prefix, []));
}

function explain(issue: Issue, source: Source, shape: Shape, prefix: KeyPath, outer: KeyPath): ConfigProblem[] {
  const local = [...outer, ...issue.path.map(step)];
  const path = [...prefix, ...local];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(shape, local);
    return issue.keys.map((key) =>
      source.problem([...path, key], `this key is not known${suggestion(key, known) || `; known here: ${known.join(', ')}`}`, { atKey: true }),
    );
  }
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => explain(inner as Issue, source, shape, prefix, local));
    return [source.problem(path, expectation(issue, issue.errors.flat() as Issue[]))];
  }
  if (issue.code === 'invalid_key') return [source.problem(path, `this name is not allowed: ${issue.issues[0]?.message ?? ''}`, { atKey: true })];
  const missing = issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message);
  if (missing)
    return [
      source.problem(path.slice(0, -1), `"${String(path.at(-1))}" is missing here: ${expectation(issue)}`, {
        atKey: true,
      }),
    ];
  return [source.problem(path, expectation(issue))];
}

const step = (part: PropertyKey): string | number => (typeof part === 'number' ? part : String(part));

/** Where one form of several fits but for something inside it, that is what the person meant. */
function bestBranch(errors: readonly (readonly { code?: string; path: readonly PropertyKey[] }[])[]): readonly unknown[] | undefined {
  return errors.find((branch) => branch.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys' || issue.code === 'custom'));
}

function expectation(issue: Issue, alternatives: readonly Issue[] = []): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}${received(issue.message)}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected ${sized(issue.origin)} of at least ${issue.minimum}${issue.inclusive === false ? ' (and more)' : ''}`;
    case 'too_big':
      return `expected ${sized(issue.origin)} of at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'url'
        ? 'expected an http or https address'
        : issue.message.startsWith('Invalid')
          ? `expected the form ${issue.pattern ?? issue.format}`
          : asExpectation(issue.message);
    case 'invalid_union':
      return alternatives.length === 0 ? 'expected another form' : [...new Set(alternatives.map((one) => expectation(one)))].join(', or ');
    default:
      return asExpectation(issue.message);
  }
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
