/** Cases beside a mapping: what a record must read as, and what values must be written as. */
import type { Json, WireBody } from '../../core/contract.ts';
import { type EntityKind, FIELDS, type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { type Case, checkNames, readCases } from './cases-form.ts';
import { compileMapping } from './compile.ts';
import { sameValue, stableText } from './equal.ts';
import type { CompileOptions } from './options.ts';
import { Problems } from './problems.ts';
import type { CompiledMapping } from './runtime.ts';
import { type MappingSource, readSource } from './source.ts';

/** One difference; `expected` and `actual` are JSON texts of made-up values of the case. */
export interface CaseDifference {
  readonly where: 'values' | 'problem' | 'wire' | 'losses';
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

export interface CaseResult {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  /** The case expects a record that cannot be read. */
  readonly expectsProblem: boolean;
  readonly differences: readonly CaseDifference[];
}

/**
 * Runs the cases. Throws `MappingError` when the mapping or the cases cannot be compiled, or when no case expects a problem:
 * a mapping whose cases cannot fail proves nothing.
 */
export function runCases(mapping: MappingSource, cases: MappingSource, options: CompileOptions): readonly CaseResult[] {
  const read = readCases(cases);
  const { placed, file } = read;
  const entity = entityOf(mapping);
  if (entity !== null) checkNames(read, entity, options.wire);
  // Most cases are under the same circumstances, and compiling is most of the work.
  const known = new Map<string, CompiledMapping>();
  return placed.map(({ at, given }) => {
    const zone = given.zone ?? file.zone ?? options.zone;
    const lookups = given.lookups ?? file.lookups ?? options.lookups;
    const settings = { ...options.settings, ...file.settings, ...given.settings };
    const circumstance = stableText([zone, lookups, settings]);
    const compiled = known.get(circumstance) ?? compileMapping(mapping, { ...options, zone, lookups, settings });
    known.set(circumstance, compiled);
    const differences = [...decodeDifferences(compiled, given), ...encodeDifferences(compiled, given)];
    return {
      name: given.name,
      file: at.file,
      line: at.line,
      passed: differences.length === 0,
      expectsProblem: given.problem !== undefined,
      differences,
    };
  });
}

/** The entity of the mapping; null where it says none, which compiling tells of. */
function entityOf(mapping: MappingSource): EntityKind | null {
  const said = readSource(mapping, new Problems())?.entries?.get('entity')?.node.value;
  return FIELDS.find((field) => field.entity === said)?.entity ?? null;
}

const shown = (value: unknown): string => (value === undefined ? '(not said)' : JSON.stringify(value));

function compareMembers(
  where: CaseDifference['where'],
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): readonly CaseDifference[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return names.flatMap((field) => {
    const [want, have] = [Object.hasOwn(expected, field) ? expected[field] : undefined, Object.hasOwn(actual, field) ? actual[field] : undefined];
    return sameValue(want, have) && (want === undefined) === (have === undefined) ? [] : [{ where, field, expected: shown(want), actual: shown(have) }];
  });
}

const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

/** Moments may be written as ISO texts in a case. */
const momentOf = (value: unknown): unknown => (typeof value === 'string' && ISO_MOMENT.test(value) ? Date.parse(value) : value);

function canonical(mapping: CompiledMapping, values: Readonly<Record<string, Json>>): FieldValues {
  const kindOf = (field: string) => fieldSpec(mapping.entity, field)?.kind;
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, (kindOf(field) === 'instant' ? momentOf(value) : value) as Value]));
}

function decodeDifferences(mapping: CompiledMapping, given: Case): readonly CaseDifference[] {
  if (given.wire === undefined) return [];
  const body = given.wire as WireBody;
  const { values, problems } = mapping.decode(body);
  const differences: CaseDifference[] = given.values === undefined ? [] : [...compareMembers('values', canonical(mapping, given.values), values)];
  const changedAt = mapping.changedAt(body);
  if (given.changedAt !== undefined && changedAt !== momentOf(given.changedAt)) {
    differences.push({
      where: 'values',
      field: 'changedAt',
      expected: shown(momentOf(given.changedAt)),
      actual: shown(changedAt),
    });
  }
  const left = [...problems];
  for (const want of given.problem === undefined ? [] : [given.problem].flat()) {
    const index = left.findIndex((one) => one.field === want.field && (want.rule === undefined || one.rule.includes(want.rule)));
    const other = problems.find((one) => one.field === want.field);
    if (index >= 0) left.splice(index, 1);
    else
      differences.push({
        where: 'problem',
        field: want.field,
        expected: want.rule ?? '(any rule)',
        actual: other?.rule ?? '(no problem)',
      });
  }
  for (const other of left) differences.push({ where: 'problem', field: other.field, expected: '(no problem)', actual: other.rule });
  return differences;
}

function encodeDifferences(mapping: CompiledMapping, given: Case): readonly CaseDifference[] {
  if (given.encode === undefined) return [];
  const { wire, losses } = mapping.encode(canonical(mapping, given.encode.values), (given.encode.current ?? null) as WireBody | null);
  const expected = given.encode.losses ?? [];
  const differences = [...compareMembers('wire', given.encode.wire, wire)];
  const left = [...losses];
  for (const want of expected) {
    const index = left.findIndex(
      (loss) => loss.field === want.field && loss.kind === want.kind && (want.detail === undefined || loss.detail.includes(want.detail)),
    );
    if (index >= 0) left.splice(index, 1);
    else
      differences.push({
        where: 'losses',
        field: want.field,
        expected: `${want.kind} ${want.detail ?? ''}`.trim(),
        actual: '(no such loss)',
      });
  }
  for (const loss of left)
    differences.push({
      where: 'losses',
      field: loss.field,
      expected: '(no loss)',
      actual: `${loss.kind}: ${loss.detail}`,
    });
  return differences;
}
