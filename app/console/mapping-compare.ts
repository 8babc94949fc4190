/** Two versions of one mapping over the same records: what reads otherwise, and what would be written otherwise. */
import type { WireBody } from '../../core/contract.ts';
import { type EntityKind, fieldSpec } from '../../core/model.ts';
import { sameValue } from '../../mappings/engine/equal.ts';
import type { Decoded, Mapping } from '../../mappings/engine/mapping.ts';
import { maskBody } from './mask.ts';

export interface SampleBody {
  readonly key: string;
  readonly body: WireBody;
}

export interface FieldChange {
  /** A canonical field; `changedAt`; or a wire field, as it would be written. */
  readonly field: string;
  readonly records: number;
  /** Records in which it can no longer be read, and in which it can be read now. */
  readonly unreadable: number;
  readonly cured: number;
  /** The first differences. */
  readonly examples: readonly { readonly key: string; readonly before: unknown; readonly after: unknown }[];
}

export interface MappingChanges {
  readonly records: number;
  /** Records that read otherwise. */
  readonly changed: number;
  readonly read: readonly FieldChange[];
  readonly written: readonly FieldChange[];
}

export interface CompareOptions {
  /** How many differences of a field are shown. */
  readonly examples: number;
  readonly showPersonal: boolean;
}

/** Pure. `before` writes what it reads itself, and so does `after`: both over the record as it is. */
export function compareMappings(before: Mapping, after: Mapping, records: readonly SampleBody[], options: CompareOptions): MappingChanges {
  const read = new Changes(after.entity, options);
  const written = new Changes(after.entity, options);
  let changed = 0;
  for (const { key, body } of records) {
    const [was, is] = [before.decode(body), after.decode(body)];
    const size = read.count;
    read.compareAll(key, valuesOf(was, before, body), valuesOf(is, after, body), rulesOf(was), rulesOf(is));
    if (read.count > size) changed += 1;
    // What cannot be read is never written.
    if (was.problems.length > 0 || is.problems.length > 0) continue;
    written.compareAll(key, before.encode(was.values, body).wire, after.encode(is.values, body).wire, NONE, NONE);
  }
  return { records: records.length, changed, read: read.list(), written: written.list() };
}

type Named = Readonly<Record<string, unknown>>;
const NONE: ReadonlyMap<string, string> = new Map();
const UNREADABLE = (rule: string): { readonly unreadable: string } => ({ unreadable: rule });

const valuesOf = (decoded: Decoded, mapping: Mapping, body: WireBody): Named => ({ ...decoded.values, changedAt: mapping.changedAt(body) });
const rulesOf = ({ problems }: Decoded): ReadonlyMap<string, string> => new Map(problems.map(({ field, rule }) => [field, rule]));

class Changes {
  count = 0;
  private readonly fields = new Map<string, { records: number; unreadable: number; cured: number; examples: FieldChange['examples'][number][] }>();
  private readonly entity: EntityKind;
  private readonly options: CompareOptions;

  constructor(entity: EntityKind, options: CompareOptions) {
    this.entity = entity;
    this.options = options;
  }

  compareAll(key: string, was: Named, is: Named, rulesBefore: ReadonlyMap<string, string>, rulesAfter: ReadonlyMap<string, string>): void {
    for (const field of new Set([...Object.keys(was), ...Object.keys(is), ...rulesBefore.keys(), ...rulesAfter.keys()])) {
      const [ruleBefore, ruleAfter] = [rulesBefore.get(field), rulesAfter.get(field)];
      if (ruleBefore !== undefined && ruleAfter !== undefined) continue;
      if (ruleBefore === undefined && ruleAfter === undefined && sameValue(was[field], is[field]) && field in was === field in is) continue;
      this.count += 1;
      const one = this.fields.get(field) ?? { records: 0, unreadable: 0, cured: 0, examples: [] };
      this.fields.set(field, one);
      one.records += 1;
      if (ruleAfter !== undefined) one.unreadable += 1;
      if (ruleBefore !== undefined) one.cured += 1;
      if (one.examples.length >= this.options.examples) continue;
      one.examples.push({
        key,
        before: ruleBefore === undefined ? this.shown(field, was[field]) : UNREADABLE(ruleBefore),
        after: ruleAfter === undefined ? this.shown(field, is[field]) : UNREADABLE(ruleAfter),
      });
    }
  }

  /** Fields of the wire are masked as a whole: what stands in them is known to nobody here. */
  private shown(field: string, value: unknown): unknown {
    if (this.options.showPersonal || field === 'changedAt') return value;
    return fieldSpec(this.entity, field)?.personal === false ? value : maskBody(value);
  }

  list(): FieldChange[] {
    return [...this.fields].map(([field, one]) => ({ field, ...one })).sort((a, b) => b.records - a.records);
  }
}
