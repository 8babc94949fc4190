/** What a mapping makes of sample records: each line read, and written back, field by field. */
import type { ZodType } from 'zod';
import { checkWire } from '../../connectors/shared/records.ts';
import type { Json, WireBody } from '../../core/contract.ts';
import { type EntityKind, type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import type { Line } from '../../mappings/engine/line.ts';
import type { Encoded } from '../../mappings/engine/mapping.ts';
import type { CompiledMapping } from '../../mappings/engine/runtime.ts';
import { maskBody } from './mask.ts';

/** One wire field and one of ours, as a line of the mapping joins them; either may be absent where a line has more of the other. */
export interface SampleCell {
  readonly wire: string | null;
  /** What the record says there; absent: not said. */
  readonly said?: unknown;
  readonly field: string | null;
  /** As it is read; absent: not said, or unreadable. */
  readonly value?: unknown;
  /** Why it cannot be read. */
  readonly problem?: string;
  /** What a new record with these values would be given there; absent: nothing. */
  readonly written?: unknown;
  readonly only: 'pull' | 'push' | null;
  /** Line of the mapping file. */
  readonly line: number;
}

/** A field that is not as the wire schema says. */
export interface Breach {
  readonly field: string;
  readonly rule: string;
}

export interface SampleRecord {
  readonly key: string;
  /** The vendor's times, UTC ms. */
  readonly changedAt: number | null;
  readonly createdAt: number | null;
  /** Where the record is not as the wire schema says. */
  readonly breaks: Breach | null;
  /** Where it would not be so any more once the values are written. */
  readonly miswritten: Breach | null;
  readonly cells: readonly SampleCell[];
  /** What is lost when the values are written. */
  readonly losses: readonly { readonly field: string; readonly kind: string; readonly detail: string }[];
}

export interface SampleField {
  readonly field: string;
  readonly filled: number;
  readonly empty: number;
  readonly notSaid: number;
  readonly unreadable: number;
  /** Rules that were broken. */
  readonly rules: readonly string[];
  /** Records whose value cannot be written as it is. */
  readonly lossy: number;
}

export interface SampleView {
  readonly file: string;
  readonly version: string;
  readonly records: number;
  /** Records that break the wire schema, and those of which a field cannot be read: they would go to quarantine. */
  readonly broken: number;
  readonly unreadable: number;
  /** Records that would break the wire schema once their values are written. */
  readonly miswritten: number;
  readonly fields: readonly SampleField[];
  /** The first records in full. */
  readonly shown: readonly SampleRecord[];
}

export interface SampleOptions {
  readonly records: readonly WireBody[];
  readonly wire: ZodType;
  /** How many records are shown in full. */
  readonly show: number;
  readonly showPersonal: boolean;
}

/** Pure. Values of people are masked unless asked for. */
export function sampleView(mapping: CompiledMapping, options: SampleOptions): SampleView {
  const tally = new Tally(mapping);
  const shown: SampleRecord[] = [];
  let broken = 0;
  let unreadable = 0;
  let spoilt = 0;
  for (const body of options.records) {
    const { values, problems } = mapping.decode(body);
    const encoded = mapping.encode(values, null);
    const breaks = breachOf(options.wire, body);
    const miswritten = breaks === null ? breachOf(options.wire, { ...body, ...encoded.wire }) : null;
    if (breaks !== null) broken += 1;
    if (miswritten !== null) spoilt += 1;
    if (problems.length > 0) unreadable += 1;
    const rules = new Map(problems.map((problem) => [problem.field, problem.rule]));
    tally.add(values, rules, encoded);
    if (shown.length >= options.show) continue;
    shown.push({
      key: keyOf(mapping, body),
      changedAt: mapping.changedAt(body),
      createdAt: mapping.createdAt(body),
      breaks,
      miswritten,
      cells: mapping.plan.lines.flatMap((line) => cellsOf(line, { body, values, rules, written: encoded.wire }, mapping.entity, options.showPersonal)),
      losses: encoded.losses,
    });
  }
  const { file, version } = mapping.plan;
  return { file, version, records: options.records.length, broken, unreadable, miswritten: spoilt, fields: tally.fields(), shown };
}

function breachOf(wire: ZodType, body: WireBody): Breach | null {
  const checked = checkWire(wire, '', null, body);
  return 'rejected' in checked ? { field: checked.rejected.field, rule: checked.rejected.rule } : null;
}

function keyOf({ plan }: CompiledMapping, body: WireBody): string {
  const key = plan.key.path.get(body);
  return typeof key === 'string' || typeof key === 'number' ? String(key) : '';
}

interface Known {
  readonly body: WireBody;
  readonly values: FieldValues;
  readonly rules: ReadonlyMap<string, string>;
  readonly written: WireBody;
}

function cellsOf(line: Line, known: Known, entity: EntityKind, showPersonal: boolean): SampleCell[] {
  const personal = !showPersonal && line.targets.some((field) => fieldSpec(entity, field)?.personal !== false);
  const wireShown = (wire: Json | undefined): unknown => (personal ? maskBody(wire) : wire);
  const length = Math.max(line.paths.length, line.targets.length);
  return Array.from({ length }, (_, index): SampleCell => {
    const path = line.paths[index];
    const field = line.targets[index] ?? null;
    const said = path?.get(known.body);
    const value = field === null ? undefined : known.values[field];
    const problem = index === 0 ? line.targets.map((target) => known.rules.get(target)).find((rule) => rule !== undefined) : undefined;
    const written = path?.get(known.written);
    return {
      wire: path?.text ?? null,
      ...(said === undefined ? {} : { said: wireShown(said) }),
      field,
      ...(value === undefined ? {} : { value: valueShown(value, entity, field, showPersonal) }),
      ...(problem === undefined ? {} : { problem }),
      ...(written === undefined ? {} : { written: wireShown(written) }),
      only: line.only,
      line: line.at.line,
    };
  });
}

/** Codes, flags and consents are shown; other values of people are masked. */
function valueShown(value: Value, entity: EntityKind, field: string | null, showPersonal: boolean): unknown {
  const spec = fieldSpec(entity, field ?? '');
  if (spec?.kind === 'instant' && typeof value === 'number') return new Date(value).toISOString();
  const personal = !showPersonal && spec?.personal !== false;
  return personal ? maskBody(value) : value;
}

class Tally {
  private readonly counts: Map<string, { filled: number; empty: number; notSaid: number; unreadable: number; rules: Set<string>; lossy: number }>;
  constructor(mapping: CompiledMapping) {
    const fields = mapping.plan.lines.flatMap((line) => (line.only === 'push' ? [] : line.targets));
    this.counts = new Map(fields.map((field) => [field, { filled: 0, empty: 0, notSaid: 0, unreadable: 0, rules: new Set(), lossy: 0 }]));
  }

  add(values: FieldValues, rules: ReadonlyMap<string, string>, encoded: Encoded): void {
    const lossy = new Set(encoded.losses.filter((loss) => loss.detail !== 'read only').map((loss) => loss.field));
    for (const [field, count] of this.counts) {
      const rule = rules.get(field);
      const value = values[field];
      if (rule !== undefined) {
        count.unreadable += 1;
        count.rules.add(rule);
      } else if (value === undefined) count.notSaid += 1;
      else if (value === null) count.empty += 1;
      else count.filled += 1;
      if (lossy.has(field)) count.lossy += 1;
    }
  }

  fields(): SampleField[] {
    return [...this.counts].map(([field, { rules, ...counts }]) => ({ field, ...counts, rules: [...rules] }));
  }
}
