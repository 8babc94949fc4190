/** The file of cases beside a mapping: its form, with the place of every fault. */
import * as z from 'zod';
import type { Json } from '../../core/contract.ts';
import { expectation, type SchemaIssue } from '../../core/expectation.ts';
import { type EntityKind, FIELDS, fieldSpec } from '../../core/model.ts';
import { quoted } from '../../core/names.ts';
import { nearest, suggestion } from '../../core/nearest.ts';
import { assertZone } from '../../core/zone.ts';
import { refuseUnknown } from './file-form.ts';
import { placeIn } from './line-keys.ts';
import { type At, Problems } from './problems.ts';
import { type MappingSource, readSource, type Tree } from './source.ts';

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const members = z.record(z.string(), json);
const KINDS = ['cut', 'no-code', 'no-home', 'precision', 'form'] as const;
const circumstances = {
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  lookups: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  zone: z.string().optional(),
};
const fileForm = z.strictObject({ ...circumstances, cases: z.array(z.unknown()).min(1) });
const expectedProblem = z.strictObject({ field: z.string(), rule: z.string().optional() });
const encodeForm = z.strictObject({
  values: members,
  current: members.nullable().optional(),
  wire: members,
  losses: z.array(z.strictObject({ field: z.string(), kind: z.enum(KINDS), detail: z.string().optional() })).optional(),
});
const caseForm = z.strictObject({
  name: z.string().min(1),
  ...circumstances,
  wire: members.optional(),
  values: members.optional(),
  changedAt: z.union([z.number(), z.string()]).nullable().optional(),
  problem: z.union([expectedProblem, z.array(expectedProblem).min(1)]).optional(),
  encode: encodeForm.optional(),
});
export type Case = z.infer<typeof caseForm>;
export type CasesFile = z.infer<typeof fileForm>;

/** The whole form of a cases file, for editors. */
export const CASES_FORM = fileForm.extend({ cases: z.array(caseForm).min(1) });

export interface Placed {
  readonly at: At;
  readonly tree: Tree;
  readonly given: Case;
}

export interface Cases {
  readonly file: CasesFile;
  readonly placed: readonly Placed[];
}

/** Throws `MappingError` with every fault of the form, and where no case expects a problem. */
export function readCases(source: MappingSource): Cases {
  const problems = new Problems();
  const tree = readSource(source, problems);
  const start: At = { file: source.file, line: 1, column: 1 };
  if (tree === null) return problems.raise(start);
  if (problems.incomplete) problems.throwIfAny();
  if (tree.entries === undefined) problems.add(tree.at, 'a file of cases is a map with "cases", a list');
  refuseUnknown(tree, Object.keys(fileForm.shape), problems);
  const form = fileForm.safeParse(tree.value);
  if (!form.success && tree.entries !== undefined) explain(form.error.issues, tree, 'the file', fileForm.shape, problems);
  checkZone(tree, problems);
  const placed = (tree.entries?.get('cases')?.node.items ?? []).flatMap((item) => placedCase(item, problems));
  if (problems.list.length === 0 && !placed.some(({ given }) => given.problem !== undefined)) {
    const at = tree.entries?.get('cases')?.at ?? start;
    problems.add(at, 'at least one case must expect a problem: add one with a record that cannot be read, and `problem: { field: … }`');
  }
  problems.throwIfAny();
  return { file: form.data ?? { cases: [] }, placed };
}

function placedCase(item: Tree, problems: Problems): readonly Placed[] {
  if (item.entries === undefined) {
    problems.add(item.at, 'a case is a map: `- name: …`, and below it "wire" or "encode"');
    return [];
  }
  refuseUnknown(item, Object.keys(caseForm.shape), problems);
  checkZone(item, problems);
  const result = caseForm.safeParse(item.value);
  if (!result.success) {
    explain(result.error.issues, item, 'a case', caseForm.shape, problems);
    return [];
  }
  const { data } = result;
  if (data.wire === undefined && data.encode === undefined) problems.add(item.at, 'a case has "wire" or "encode": a record to read, or values to write');
  if (data.wire !== undefined && data.values === undefined && data.problem === undefined)
    problems.add(item.entries.get('wire')?.at ?? item.at, 'a case with "wire" has "values" or "problem": what comes of the record');
  return [{ at: item.at, tree: item, given: data }];
}

function explain(issues: readonly SchemaIssue[], tree: Tree, what: string, shape: Readonly<Record<string, unknown>>, problems: Problems): void {
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      // Those of the outermost map are told with the nearest known name already.
      if (path.length > 0) for (const key of issue.keys) problems.add(keyPlace(tree, path, key), `${quoted(key)} is not known here${nearIn(path, key)}`);
      continue;
    }
    const [first] = path;
    const isMissing = path.length === 1 && typeof first === 'string' && Object.hasOwn(shape, first) && !tree.entries?.has(first);
    const alternatives = issue.code === 'invalid_union' ? (issue.errors.flat() as SchemaIssue[]) : [];
    const words = expectation(issue, alternatives);
    problems.add(placeIn(tree, path), isMissing ? `"${first}" of ${what} is missing: ${words}` : `"${path.join('.')}" of ${what}: ${words}`);
  }
}

function keyPlace(tree: Tree, path: readonly (string | number)[], key: string): At {
  let node = tree;
  for (const step of path) node = (typeof step === 'number' ? node.items?.[step] : node.entries?.get(step)?.node) ?? node;
  return node.entries?.get(key)?.at ?? node.at;
}

function nearIn([first]: readonly (string | number)[], key: string): string {
  const known = Object.keys(first === 'encode' ? encodeForm.shape : expectedProblem.shape);
  return suggestion(key, known) || `; known here: ${known.join(', ')}`;
}

function checkZone(tree: Tree, problems: Problems): void {
  const zone = tree.entries?.get('zone')?.node;
  if (typeof zone?.value !== 'string') return;
  try {
    assertZone(zone.value);
  } catch {
    problems.add(zone.at, `"zone" must be an IANA time zone such as Europe/Moscow or UTC${suggestion(zone.value, Intl.supportedValuesOf('timeZone'))}`);
  }
}

/** Names in the cases that are no field of the entity, or that are a slip away from a wire field. Throws `MappingError`. */
export function checkNames({ placed }: Cases, entity: EntityKind, wire: readonly string[] | null): void {
  const problems = new Problems();
  const fields = FIELDS.filter((one) => one.entity === entity).map((one) => one.name);
  const field = (name: string, at: At): void => {
    if (fieldSpec(entity, name) === undefined && !FIELDS.some((one) => one.entity === entity && one.group === name))
      problems.add(
        at,
        `${quoted(name)} is no field of ${entity}${suggestion(name, fields) || '; write what the mapping reads into, or attributes.<vendor>.<name>'}`,
      );
  };
  for (const { tree } of placed) {
    const encode = tree.entries?.get('encode')?.node;
    for (const values of [tree, encode].map((one) => one?.entries?.get('values')?.node)) {
      for (const entry of values?.entries?.values() ?? []) field(entry.name, entry.at);
    }
    const problem = tree.entries?.get('problem')?.node;
    for (const one of [...(problem?.items ?? (problem === undefined ? [] : [problem])), ...(encode?.entries?.get('losses')?.node.items ?? [])]) {
      const named = one.entries?.get('field')?.node;
      if (named !== undefined) field(String(named.value), named.at);
    }
    for (const body of [tree.entries?.get('wire')?.node, encode?.entries?.get('wire')?.node, encode?.entries?.get('current')?.node]) {
      for (const entry of body?.entries?.values() ?? []) {
        const meant = wire === null || wire.includes(entry.name) ? undefined : nearest(entry.name, wire);
        if (meant !== undefined) problems.add(entry.at, `${quoted(entry.name)} is no wire field; did you mean "${meant}"?`);
      }
    }
  }
  problems.throwIfAny();
}
