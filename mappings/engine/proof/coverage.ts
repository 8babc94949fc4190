/** What becomes of every wire field, members of objects included: where it is mapped, in which direction, why it is ignored, what is lost. */
import type { Line } from '../line.ts';
import { coverage, type WireCoverage } from '../listing.ts';
import type { CompiledMapping } from '../runtime.ts';
import { readLoss } from './loss.ts';
import type { WireType } from './wire-type.ts';

export interface FieldCoverage {
  /** `gender`, or a member: `passport.serial`. */
  readonly wire: string;
  readonly state: WireCoverage['state'];
  /** Where it is mapped: canonical fields and the line of the file. */
  readonly mapped: readonly { readonly fields: readonly string[]; readonly line: number; readonly only: 'pull' | 'push' | null }[];
  /** Why it is ignored. */
  readonly reason: string | null;
  /** What is lost of it, when it is read or when ours is written into it. */
  readonly lost: readonly string[];
}

/** Every wire field of the schema in its order; without a schema, every field that the mapping names. */
export function fieldCoverage(mapping: CompiledMapping, wire: WireType): readonly FieldCoverage[] {
  return namesOf(mapping, wire).map((name) => one(mapping, wire, name));
}

function namesOf({ plan }: CompiledMapping, wire: WireType): readonly string[] {
  const used = [
    plan.key.path.top,
    ...plan.lines.flatMap((line) => line.paths.map((path) => path.name)),
    ...[plan.changedAt, plan.createdAt].flatMap((line) => line?.paths.map((path) => path.top) ?? []),
    ...plan.constants.map(({ path }) => path.name),
    ...plan.ignored.map(({ name }) => name),
  ];
  if (wire.members === null) return [...new Set(used)];
  return [...wire.members].flatMap(([top, { members }]) => {
    const isSplit = members !== null && used.some((name) => name.startsWith(`${top}.`)) && !used.includes(top);
    return isSplit ? [...members.keys()].map((member) => `${top}.${member}`) : [top];
  });
}

function one(mapping: CompiledMapping, wire: WireType, name: string): FieldCoverage {
  const { plan } = mapping;
  const lines = plan.lines.filter((line) => line.paths.some((path) => reaches(path.name, name)));
  const [top] = coverage(mapping, [name.split('.')[0] ?? name]);
  const lost = lines.flatMap((line) => lossesOf(line, plan.lines, wire));
  if (lines.length > 0) {
    const directions = new Set(lines.map((line) => line.only));
    const isAttribute = lines.every((line) => line.targets.every((field) => field.startsWith('attributes.')));
    const only = directions.size === 1 ? (lines[0]?.only ?? null) : null;
    return {
      wire: name,
      state: isAttribute ? 'attribute' : (only ?? 'both'),
      mapped: lines.map((line) => ({ fields: line.targets, line: line.at.line, only: line.only })),
      reason: null,
      lost: [...new Set(lost)],
    };
  }
  const ignored = plan.ignored.find((entry) => reaches(entry.name, name));
  if (ignored !== undefined) return { wire: name, state: 'ignored', mapped: [], reason: ignored.reason, lost: ['not read'] };
  const state = name.includes('.') ? 'missing' : (top?.state ?? 'missing');
  return { wire: name, state, mapped: [], reason: null, lost: state === 'missing' ? ['not read'] : [] };
}

/** A line on an object takes its members; one on a member is part of its object. */
const reaches = (path: string, name: string): boolean => path === name || name.startsWith(`${path}.`) || path.startsWith(`${name}.`);

function lossesOf(line: Line, all: readonly Line[], wire: WireType): readonly string[] {
  const read = line.only === 'push' ? [] : readLoss(line, all, wire).map(({ detail }) => `read: ${detail}`);
  return line.only === 'pull' ? read : [...read, ...line.compiled.declared.map(({ detail }) => `written: ${detail}`)];
}
