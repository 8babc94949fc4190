/** A case out of a stored record: its values replaced by look-alikes, what they must read as beside them. */
import type { WireBody } from '../../../core/contract.ts';
import { type FieldValues, fieldSpec, type Value } from '../../../core/model.ts';
import { compileMapping } from '../compile.ts';
import type { CompileOptions } from '../options.ts';
import { seeded } from '../proof/random.ts';
import type { CompiledMapping } from '../runtime.ts';
import type { MappingSource } from '../source.ts';
import { BodyLookalike } from './body.ts';
import { leaks, personalOf } from './leak.ts';

/** As it stands in a cases file. */
export interface MadeCase {
  readonly name: string;
  readonly zone: string;
  readonly lookups?: CompileOptions['lookups'];
  readonly settings?: NonNullable<CompileOptions['settings']>;
  readonly wire: WireBody;
  readonly values?: Readonly<Record<string, Value>>;
  readonly changedAt?: string;
  readonly problem?: readonly { readonly field: string; readonly rule: string }[];
}

export interface CaseRequest {
  readonly source: MappingSource;
  /** Of the system the record is from; its overrides are left out, since cases are run without them. */
  readonly options: CompileOptions;
  readonly body: WireBody;
  readonly key: string;
  readonly name: string;
  readonly seed: number;
}

const ATTEMPTS = 60;

/** The case, or null where no look-alike could be found that shows nothing of the person. */
export function caseOfRecord(request: CaseRequest): MadeCase | null {
  const { source, body, key, name, seed } = request;
  const { overrides: _, ...options } = request.options;
  const mapping = compileMapping(source, options);
  const personal = personalOf(mapping, body, key, new BodyLookalike(mapping.plan, seeded(seed)));
  const shape = shapeOf(mapping, body);
  let best: { readonly made: MadeCase; readonly distance: number } | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const other = new BodyLookalike(mapping.plan, seeded(seed * 1000 + attempt));
    const wire = other.body(body);
    const lookups = lookupsOf(mapping, wire, body, options.lookups, other);
    const tried = { ...options, lookups };
    const now = compileMapping(source, tried);
    const made = caseOf(now, source, tried, wire, name);
    if (leaks([made.wire, made.values, made.lookups], personal)) continue;
    const read = shapeOf(now, wire);
    const distance = shape.filter((text, index) => read[index] !== text).length;
    if (best === null || distance < best.distance) best = { made, distance };
    if (distance === 0) break;
  }
  return best?.made ?? null;
}

function caseOf(mapping: CompiledMapping, source: MappingSource, options: CompileOptions, wire: WireBody, name: string): MadeCase {
  const { values, problems } = mapping.decode(wire);
  const changedAt = mapping.changedAt(wire);
  const settings = usedSettings(source, options);
  const base = {
    name,
    zone: options.zone,
    // Always with the tables, though empty: those of the file would hold otherwise.
    ...(mapping.plan.lines.some(({ params }) => hasTable(params)) ? { lookups: options.lookups } : {}),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    wire,
  };
  if (problems.length > 0) return { ...base, problem: problems.map(({ field, rule }) => ({ field, rule })) };
  return { ...base, values: written(mapping, values), ...(changedAt === null ? {} : { changedAt: new Date(changedAt).toISOString() }) };
}

const hasTable = (params: unknown): boolean => typeof (params as { readonly table?: unknown } | null)?.table === 'string';

/** Moments as texts, which people read. */
function written(mapping: CompiledMapping, values: FieldValues): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => {
      const isMoment = fieldSpec(mapping.entity, field)?.kind === 'instant' && typeof value === 'number';
      return [field, isMoment ? new Date(value).toISOString() : value];
    }),
  );
}

/** Settings that the mapping names; others tell of the system and say nothing here. */
function usedSettings({ text }: MappingSource, { settings = {} }: CompileOptions): NonNullable<CompileOptions['settings']> {
  const named = new Set([...text.matchAll(/\bsetting:\s*["']?([A-Za-z0-9_-]+)/g)].map((match) => match[1]));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => named.has(name)));
}

/** Rows of the tables that the record uses; a name of an address is replaced like any other. */
function lookupsOf(mapping: CompiledMapping, wire: WireBody, body: WireBody, all: CompileOptions['lookups'], other: BodyLookalike): CompileOptions['lookups'] {
  const lookups: Record<string, Record<string, string>> = {};
  for (const line of mapping.plan.lines) {
    const { table } = (line.params ?? {}) as { readonly table?: unknown };
    if (typeof table !== 'string') continue;
    const rows = new Map(Object.entries(all[table] ?? {}));
    for (const path of line.paths) {
      const [was, is] = [path.get(body), path.get(wire)];
      const row = was === undefined || typeof was === 'object' ? undefined : rows.get(String(was).trim());
      if (row === undefined || is === undefined || is === null || typeof is === 'object') continue;
      const isPersonal = fieldSpec(mapping.entity, line.targets[0] ?? '')?.personal !== false;
      lookups[table] = { ...lookups[table], [String(is).trim()]: isPersonal ? other.text(row) : row };
    }
  }
  return lookups;
}

/** What a record reads as, without its values: what is there, what is empty, how long lists are, what cannot be read. */
function shapeOf(mapping: CompiledMapping, body: WireBody): readonly string[] {
  const { values, problems } = mapping.decode(body);
  return mapping.lines.map(({ field }) => {
    const problem = problems.find((one) => one.field === field);
    const value = values[field];
    if (problem !== undefined) return `problem ${problem.rule}`;
    return value === null ? 'empty' : Array.isArray(value) ? `list of ${value.length}` : typeof value;
  });
}
