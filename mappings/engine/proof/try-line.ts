/** One line of a mapping, tried alone: what it writes of a record, and what it reads of what it wrote. */
import type { Json, WireBody } from '../../../core/contract.ts';
import type { FieldValues, Value } from '../../../core/model.ts';
import type { Group, Unreadable } from '../codec.ts';
import { sameValue } from '../equal.ts';
import type { Line } from '../line.ts';
import type { Loss } from '../mapping.ts';
import { Draft } from '../path.ts';
import { compileRead, type Read } from '../read.ts';
import { compileWrite, type Write } from '../write.ts';

export interface Written {
  readonly body: WireBody;
  readonly losses: readonly Loss[];
}

export interface Reading {
  readonly values: FieldValues;
  readonly fault: Unreadable | undefined;
}

export interface Trial {
  readonly line: Line;
  /** It owns a part of its wire value only; the other parts are written before it. */
  readonly isPart: boolean;
  write(values: FieldValues, over?: WireBody): Written;
  read(body: WireBody): Reading;
  /** The values of its fields are inside the exact domain. */
  inDomain(values: FieldValues, written: Written): boolean;
}

/** The line without its condition, which is proved apart. `all`: the lines of the mapping. */
export function trialOf(line: Line, all: readonly Line[]): Trial {
  const alone: Line = { ...line, when: null };
  const write: Write = compileWrite(alone);
  const read: Read = compileRead(alone);
  const others = line.part === null ? [] : all.filter((other) => other !== line && other.only !== 'pull' && sharesWire(other, line)).map(unconditional);
  return {
    line,
    isPart: line.part !== null,
    write(values, over) {
      const base = new Draft(over ?? null);
      if (over === undefined) for (const other of others) other(values, base, []);
      const draft = new Draft({ ...over, ...base.wire });
      const losses: Loss[] = [];
      write(values, draft, losses);
      return { body: { ...over, ...base.wire, ...draft.wire }, losses };
    },
    read(body) {
      const values: Record<string, Value> = {};
      return { values, fault: read(body, values) };
    },
    inDomain(values, written) {
      if (line.part !== null) return written.losses.length === 0;
      if (isNamedEmpty(line, written.body)) return false;
      const { compiled } = line;
      if (compiled.arity === 'group') return compiled.inDomain(groupOf(line, compiled, values));
      const value = values[line.targets[0] ?? ''];
      return value !== null && value !== undefined && compiled.inDomain(value);
    },
  };
}

const unconditional = (line: Line): Write => compileWrite({ ...line, when: null });

function sharesWire(a: Line, b: Line): boolean {
  return a.part !== null && a.paths[0]?.name === b.paths[0]?.name;
}

const groupOf = (line: Line, codec: Group, values: FieldValues) =>
  Object.fromEntries(codec.targets.map((target, index) => [target, values[line.targets[index] ?? target] ?? null]));

/** A text that the line itself says means empty. */
function isNamedEmpty({ emptyWhen, paths }: Line, body: WireBody): boolean {
  return emptyWhen !== null && paths.some((path) => emptyWhen.has(String(path.get(body) ?? '').trim()));
}

/** The line's own values, for comparing. */
export const ofLine = (line: Line, values: FieldValues): readonly Value[] => line.targets.map((field) => values[field] ?? null);

export const same = (line: Line, a: FieldValues, b: FieldValues): boolean => sameValue(ofLine(line, a), ofLine(line, b));

export const isNothing = (line: Line, values: FieldValues): boolean => ofLine(line, values).every((value) => value === null);

/** The wire values at the line's paths. */
export const wiresAt = (line: Line, body: WireBody): readonly (Json | undefined)[] => line.paths.map((path) => path.get(body));

/** For messages: one value as it is, several as a list. */
export const single = <T>(values: readonly T[]): T | readonly T[] | undefined => (values.length === 1 ? values[0] : values);
