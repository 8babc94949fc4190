/** What a mapping loses, and what becomes of every wire field: known before anything is sent. */
import { ATTRIBUTES, type FieldValues } from '../../core/model.ts';
import type { Loss } from './mapping.ts';
import type { CompiledMapping } from './runtime.ts';

/** Losses that these values would suffer in a new record of the system. */
export function losses(mapping: CompiledMapping, values: FieldValues): readonly Loss[] {
  return mapping.encode(values, null).losses;
}

/** Losses known from the mapping alone: fields without a home, cut lengths, codes without a value. In the order of the model. */
export function listLoss(mapping: CompiledMapping): readonly Loss[] {
  const { plan } = mapping;
  const lines = new Map(plan.lines.flatMap((line) => line.targets.map((field) => [field, line] as const)));
  return plan.fields.flatMap(({ name: field }): Loss[] => {
    const line = lines.get(field);
    if (line === undefined) return [{ field, kind: 'no-home', detail: 'the system has no such field' }];
    if (line.only === 'pull') return [{ field, kind: 'no-home', detail: 'read only' }];
    return line.compiled.declared.map((note) => ({ field, ...note }));
  });
}

/** What becomes of a wire field. */
export interface WireCoverage {
  readonly wire: string;
  /** `key`, `time` (changedAt, createdAt) and `condition` are read without being a value. */
  readonly state: 'both' | 'pull' | 'push' | 'key' | 'time' | 'condition' | 'constant' | 'ignored' | 'attribute' | 'missing';
  /** Canonical fields. */
  readonly fields: readonly string[];
  /** Why it is ignored. */
  readonly reason: string | null;
  /** Line of the mapping file; null for a missing one. */
  readonly line: number | null;
}

/** Every wire field of the stream, in the order given. */
export function coverage(mapping: CompiledMapping, wire: readonly string[]): readonly WireCoverage[] {
  return wire.map((name) => coverageOf(mapping, name));
}

function coverageOf({ plan }: CompiledMapping, wire: string): WireCoverage {
  const lines = plan.lines.filter((line) => line.paths.some((path) => path.top === wire));
  const [first] = lines;
  if (first !== undefined) {
    const fields = lines.flatMap((line) => line.targets);
    const directions = new Set(lines.map((line) => line.only));
    const only = directions.size === 1 ? first.only : null;
    const state = fields.every((field) => field.startsWith(ATTRIBUTES)) ? 'attribute' : (only ?? 'both');
    return { wire, state, fields, reason: null, line: first.at.line };
  }
  const bare = (state: WireCoverage['state'], line: number | null, reason: string | null = null): WireCoverage => ({
    wire,
    state,
    fields: [],
    reason,
    line,
  });
  if (plan.key.path.top === wire) return bare('key', plan.key.at.line);
  const time = [plan.changedAt, plan.createdAt].find((line) => line?.paths.some((path) => path.top === wire));
  if (time !== null && time !== undefined) return bare('time', time.at.line);
  if (plan.constants.some(({ path }) => path.top === wire)) return bare('constant', null);
  const ignored = plan.ignored.find((one) => one.name === wire) ?? plan.ignored.find((one) => one.name.startsWith(`${wire}.`));
  if (ignored !== undefined) return bare('ignored', null, ignored.reason);
  const conditional = plan.lines.find((line) => line.when?.path.top === wire);
  return conditional === undefined ? bare('missing', null) : bare('condition', conditional.at.line);
}
