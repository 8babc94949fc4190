/** Turns what zod found into faults with a place, what was expected and the nearest known key. */
import type { ZodError } from 'zod';
import { expectation, type SchemaIssue } from '../core/expectation.ts';
import { suggestion } from '../core/nearest.ts';
import type { ConfigProblem } from './problems.ts';
import { keysAt, type Shape } from './shape.ts';
import type { KeyPath, Source } from './source.ts';

/** `prefix` is the path in the file at which the checked value stands. */
export function explainIssues(error: ZodError, source: Source, shape: Shape, prefix: KeyPath = []): ConfigProblem[] {
  return error.issues.flatMap((issue) => explain(issue, source, shape, prefix, []));
}

function explain(issue: SchemaIssue, source: Source, shape: Shape, prefix: KeyPath, outer: KeyPath): ConfigProblem[] {
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
    if (branch !== undefined) return branch.flatMap((inner) => explain(inner as SchemaIssue, source, shape, prefix, local));
    return [source.problem(path, expectation(issue, issue.errors.flat() as SchemaIssue[]))];
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
