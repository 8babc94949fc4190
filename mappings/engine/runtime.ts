/** A compiled mapping at work. */
import type { Json, WireBody } from '../../core/contract.ts';
import { ATTRIBUTES, type EntityKind, type FieldSpec, type FieldValues, type Value } from '../../core/model.ts';
import type { Use } from './check.ts';
import { Unreadable } from './codec.ts';
import type { Line } from './line.ts';
import type { Decoded, Encoded, FieldProblem, Loss, Mapping } from './mapping.ts';
import { Draft, type WirePath } from './path.ts';
import { compileRead, type Read } from './read.ts';
import { compileWrite } from './write.ts';

/** What the compiler found, ready to be run. */
export interface Plan {
  readonly file: string;
  readonly vendor: string;
  readonly stream: string;
  readonly entity: EntityKind;
  readonly version: string;
  readonly key: Use;
  readonly lines: readonly Line[];
  readonly changedAt: Line | null;
  readonly createdAt: Line | null;
  /** Written into new records; null: no value is configured. */
  readonly constants: readonly { readonly path: WirePath; readonly value: unknown }[];
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  /** Every canonical field of the entity. */
  readonly fields: readonly FieldSpec[];
}

/** A mapping with what the pipeline does not need, but lists and checks do. */
export interface CompiledMapping extends Mapping {
  readonly plan: Plan;
  /** When the record was made, UTC ms; null where the mapping names no such field or it is empty. */
  createdAt(body: WireBody): number | null;
}

const NO_PROBLEMS: readonly FieldProblem[] = [];

export function makeMapping(plan: Plan): CompiledMapping {
  const read = reader(plan.lines.filter((line) => line.only !== 'push'));
  const decode = decoder(plan);
  const encode = encoder(plan);
  const pushable = new Set(plan.lines.filter((line) => line.only === null).flatMap((line) => line.targets));
  const renditions = (values: FieldValues, current: WireBody | null): FieldValues => {
    const { wire } = encode(values, current);
    const { values: held } = read({ ...current, ...wire });
    const written = writtenFields(plan, wire);
    const result: Record<string, Value> = {};
    for (const [field, value] of Object.entries(values)) {
      if (!pushable.has(field) || (value !== null && !written.has(field))) continue;
      result[field] = held[field] ?? null;
    }
    return result;
  };
  return {
    plan,
    vendor: plan.vendor,
    stream: plan.stream,
    entity: plan.entity,
    version: plan.version,
    lines: plan.lines.flatMap((line) =>
      line.targets.map((field) => ({
        field,
        sources: [...new Set(line.paths.map((path) => path.top))],
        only: line.only,
        line: line.at.line,
      })),
    ),
    decode,
    encode,
    changedAt: moment(plan.changedAt),
    createdAt: moment(plan.createdAt),
    renditions,
  };
}

/** Fields whose wire was written just now. */
function writtenFields(plan: Plan, wire: WireBody): ReadonlySet<string> {
  const written = plan.lines.filter((line) => line.only === null && line.paths.some((path) => Object.hasOwn(wire, path.top)));
  return new Set(written.flatMap((line) => line.targets));
}

/** Values and times: a time that is there and cannot be read sets the record aside as any other field does. */
function decoder(plan: Plan): (body: WireBody) => Decoded {
  const read = reader(plan.lines.filter((line) => line.only !== 'push'));
  const [changedAt, createdAt] = [momentReader(plan.changedAt), momentReader(plan.createdAt)];
  return (body) => {
    const { values, problems } = read(body);
    const [changed, created] = [changedAt(body), createdAt(body)];
    const told = typeof changed === 'number' ? changed : null;
    if (!(changed instanceof Unreadable || created instanceof Unreadable)) return { values, problems, changedAt: told };
    const faults = [faultIn(plan.changedAt, changed), faultIn(plan.createdAt, created)].filter((fault) => fault !== null);
    // A field that reads the same wire value has said so already.
    const news = faults.filter(({ path, rule }) => !problems.some((other) => other.path === path && other.rule === rule));
    return { values, problems: [...problems, ...news], changedAt: told };
  };
}

const faultIn = (line: Line | null, read: number | null | Unreadable): FieldProblem | null =>
  line !== null && read instanceof Unreadable ? problemOf(line, read) : null;

function reader(lines: readonly Line[]): (body: WireBody) => Omit<Decoded, 'changedAt'> {
  const reads: readonly Read[] = lines.map(compileRead);
  return (body) => {
    const values: Record<string, Value> = {};
    let problems: FieldProblem[] | null = null;
    for (let index = 0; index < reads.length; index++) {
      const fault = reads[index]?.(body, values);
      const line = lines[index];
      if (fault === undefined || line === undefined) continue;
      problems ??= [];
      problems.push(problemOf(line, fault));
    }
    return { values, problems: problems ?? NO_PROBLEMS };
  };
}

function problemOf(line: Line, fault: Unreadable): FieldProblem {
  const { file, line: row, column } = line.at;
  return {
    field: line.targets[0] ?? line.name,
    path: line.paths.map((path) => path.text).join(', '),
    rule: fault.rule,
    file,
    line: row,
    column,
  };
}

function moment(line: Line | null): (body: WireBody) => number | null {
  const read = momentReader(line);
  return (body) => {
    const value = read(body);
    return typeof value === 'number' ? value : null;
  };
}

function momentReader(line: Line | null): (body: WireBody) => number | null | Unreadable {
  if (line === null) return () => null;
  const read = compileRead(line);
  const { name } = line;
  // One for all records: what is read is taken out at once.
  const place: Record<string, Value> = { [name]: null };
  return (body) => {
    place[name] = null;
    const fault = read(body, place);
    if (fault !== undefined) return fault;
    const value = place[name];
    return typeof value === 'number' ? value : null;
  };
}

function encoder(plan: Plan): (values: FieldValues, current: WireBody | null) => Encoded {
  const pushed = plan.lines.filter((line) => line.only !== 'pull');
  // Conditions look at wire fields, so lines that depend on one come after those that write it.
  const writes = [...pushed.filter((line) => line.when === null), ...pushed.filter((line) => line.when !== null)].map(compileWrite);
  const homes = new Map(plan.lines.flatMap((line) => line.targets.map((field) => [field, line.only] as const)));
  return (values, current) => {
    const draft = new Draft(current);
    const losses: Loss[] = [];
    if (current === null) {
      for (const { path, value } of plan.constants) if (value !== null) draft.write(path, value as Json);
    }
    for (const write of writes) write(values, draft, losses);
    for (const field in values) {
      const home = homes.get(field);
      if (home === null || home === 'push' || values[field] === null || values[field] === undefined) continue;
      if (home === undefined && field.startsWith(ATTRIBUTES)) continue;
      losses.push({ field, kind: 'no-home', detail: home === 'pull' ? 'read only' : 'the system has no such field' });
    }
    return { wire: draft.wire, losses };
  };
}
