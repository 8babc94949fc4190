/** `when: { field, is | in | empty }`: the closed form of a condition on another wire field. */
import type { Json } from '../../core/contract.ts';
import { refuseUnknown } from './file-form.ts';
import { isEmptyWire, parsePath, type WirePath } from './path.ts';
import type { At, Problems } from './problems.ts';
import type { Tree } from './source.ts';

export interface Condition {
  readonly path: WirePath;
  /** Where the path is written. */
  readonly at: At;
  /** Values under which it holds, as text; `''` stands for empty. Null: any value that is not empty. */
  readonly values: ReadonlySet<string> | null;
  holds(wire: Json | undefined): boolean;
}

const TESTS = ['is', 'in', 'empty'];

/** The condition, or null with a fault. */
export function readCondition(tree: Tree, problems: Problems): Condition | null {
  if (tree.entries === undefined) {
    problems.add(tree.at, '"when" is a condition: { field: a wire field, is: a value }, or `in: [values]`, or `empty: true`');
    return null;
  }
  refuseUnknown(tree, ['field', ...TESTS], problems);
  const field = tree.entries.get('field')?.node;
  const path = typeof field?.value === 'string' ? parsePath(field.value) : '"when" needs a "field": the wire field that is looked at, as a text';
  const fault = typeof path === 'string' ? path : path.selector === null ? null : 'a condition looks at one wire field: it takes no selector [ ]';
  if (fault !== null) problems.add(field?.at ?? tree.at, fault);
  const tests = TESTS.filter((name) => tree.entries?.has(name));
  const node = tree.entries.get(tests[0] ?? '')?.node;
  if (tests.length !== 1 || node === undefined) {
    problems.add(tree.entries.get(tests[1] ?? '')?.at ?? tree.at, 'when needs one of "is", "in" and "empty", and no more than one');
    return null;
  }
  if (field === undefined || typeof path === 'string' || fault !== null) return null;
  const values = valuesOf(tests[0] ?? '', node);
  if (values === undefined) {
    problems.add(node.at, `"${tests[0]}" takes ${{ is: 'one value', in: 'a list of values: [one, other]' }[tests[0] ?? ''] ?? 'true or false'}`);
    return null;
  }
  const holds = (wire: Json | undefined): boolean => {
    const text = wire === undefined || isEmptyWire(wire) ? '' : typeof wire === 'object' ? null : String(wire).trim();
    return values === null ? text !== '' : text !== null && values.has(text);
  };
  return { path, at: field.at, values, holds };
}

function valuesOf(test: string, node: Tree): ReadonlySet<string> | null | undefined {
  if (test === 'empty') {
    if (node.value === true) return new Set(['']);
    return node.value === false ? null : undefined;
  }
  const listed = test === 'in' ? node.items?.map((item) => item.value) : [node.value];
  if (listed === undefined || listed.length === 0 || listed.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return new Set(listed.map((value) => (value === null ? '' : String(value))));
}

/** Whether two conditions can never hold together. */
export function exclude(a: Condition | null, b: Condition | null): boolean {
  if (a === null || b === null || a.path.text !== b.path.text) return false;
  if (a.values === null) return b.values !== null && b.values.size === 1 && b.values.has('');
  if (b.values === null) return exclude(b, a);
  const other = b.values;
  return [...a.values].every((value) => !other.has(value));
}
