/** The writing half of a line. Whatever is written is read back at once, so that no loss goes untold. */
import type { Json } from '../../core/contract.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import { type Encoding, type EncodingOfMany, type Group, type GroupValues, type Many, NO_LOSS, type One, Unreadable } from './codec.ts';
import { sameValue } from './equal.ts';
import type { Line } from './line.ts';
import type { Loss } from './mapping.ts';
import type { Draft } from './path.ts';
import { readerOfMany, readerOfOne } from './read.ts';

/** Writes the line's values into the draft and adds what was lost. */
export type Write = (values: FieldValues, draft: Draft, losses: Loss[]) => void;

const UNTOLD = { kind: 'form', detail: 'reads back as another value' } as const;
const NOT_EMPTIED = { kind: 'form', detail: 'cannot be emptied here' } as const;
const UNREADABLE = { kind: 'form', detail: 'cannot be written so that it can be read' } as const;

/** Compiles the writing of a line. */
export function compileWrite(line: Line): Write {
  const { compiled, when, targets } = line;
  const write = compiled.arity === 'one' ? writeOne(line, compiled) : compiled.arity === 'many' ? writeMany(line, compiled) : writeGroup(line, compiled);
  if (when === null) return write;
  return (values, draft, losses) => {
    if (when.holds(draft.read(when.path))) {
      write(values, draft, losses);
      return;
    }
    for (const field of targets) {
      if ((values[field] ?? null) !== null && !sameValue(values[field] ?? null, line.otherwise ?? null)) {
        losses.push({ field, kind: 'no-home', detail: `kept only under a condition on ${when.path.text}` });
      }
    }
  };
}

function writeOne(line: Line, codec: One): Write {
  const [path] = line.paths;
  const [field = ''] = line.targets;
  if (path === undefined) return () => undefined;
  const read = readerOfOne(line);
  return (values, draft, losses) => {
    const value = values[field];
    if (value === undefined) return;
    const current = draft.read(path);
    const encoding =
      value === null
        ? checkedEmpty(cleared(codec, line.empty, current), current, line.only === 'push' ? null : read)
        : checkedOne(codec.encode(value, current), value, line.only === 'push' ? null : read);
    if (encoding.wire !== undefined) draft.write(path, encoding.wire);
    for (const loss of encoding.losses) losses.push({ field, ...loss });
  };
}

function cleared(codec: One, empty: Json, current: Json | undefined): Encoding {
  return codec.clear?.(current) ?? { wire: empty, losses: NO_LOSS };
}

/** What is still there after emptying is told, where the codec has not told of it. */
function checkedEmpty(encoding: Encoding, current: Json | undefined, read: ((wire: Json) => Value | Unreadable) | null): Encoding {
  const left = encoding.wire ?? current;
  if (left === undefined || encoding.losses.length > 0 || read === null || read(left) === null) return encoding;
  return { wire: encoding.wire, losses: [NOT_EMPTIED] };
}

function checkedOne(encoding: Encoding, value: Value, read: ((wire: Json) => Value | Unreadable) | null): Encoding {
  if (encoding.wire === undefined || encoding.losses.length > 0 || read === null) return encoding;
  const back = read(encoding.wire);
  if (back instanceof Unreadable) return { wire: undefined, losses: [UNREADABLE] };
  return sameValue(back, value) ? encoding : { wire: encoding.wire, losses: [UNTOLD] };
}

/** The sources as they will stand once `wires` are written. */
const laid = (currents: readonly (Json | undefined)[], wires: readonly (Json | undefined)[]) =>
  currents.map((current, index) => (wires[index] === undefined ? current : wires[index]));

/** A wire field that has no part of the value is written as the line says that empty is. */
const inForm = (encoding: EncodingOfMany, { empty }: Line): EncodingOfMany =>
  empty === '' ? encoding : { ...encoding, wires: encoding.wires.map((wire) => (wire === '' ? empty : wire)) };

function put(line: Line, encoding: EncodingOfMany, draft: Draft, fields: readonly string[], losses: Loss[]): void {
  for (let index = 0; index < line.paths.length; index++) {
    const path = line.paths[index];
    const wire = encoding.wires[index];
    if (wire !== undefined && path !== undefined) draft.write(path, wire);
  }
  for (const loss of encoding.losses) for (const field of fields) losses.push({ field, ...loss });
}

function writeMany(line: Line, codec: Many): Write {
  const [field = ''] = line.targets;
  const read = readerOfMany(line);
  return (values, draft, losses) => {
    const value = values[field];
    if (value === undefined) return;
    const currents = line.paths.map((path) => draft.read(path));
    if (value === null) {
      const cleared = codec.clear?.(currents) ?? { wires: line.paths.map(() => ''), losses: NO_LOSS };
      put(line, inForm(cleared, line), draft, [field], losses);
      return;
    }
    const encoding = inForm(codec.encode(value, currents), line);
    put(line, line.only === 'push' ? encoding : checkedMany(encoding, value, read(laid(currents, encoding.wires))), draft, [field], losses);
  };
}

function checkedMany(encoding: EncodingOfMany, value: Value, back: unknown): EncodingOfMany {
  if (back instanceof Unreadable) return { wires: [], losses: encoding.losses.length > 0 ? encoding.losses : [UNREADABLE] };
  return encoding.losses.length > 0 || sameValue(back, value) ? encoding : { ...encoding, losses: [UNTOLD] };
}

function writeGroup(line: Line, codec: Group): Write {
  const read = readerOfMany(line);
  return (values, draft, losses) => {
    if (!line.targets.some((field) => values[field] !== undefined)) return;
    const currents = line.paths.map((path) => draft.read(path));
    const group = completed(line, codec, values, read(currents));
    if (codec.targets.every((target) => group[target] === null)) {
      put(line, { wires: line.paths.map(() => line.empty), losses: NO_LOSS }, draft, line.targets, losses);
      return;
    }
    const given = line.targets.filter((field) => values[field] !== undefined);
    const filled = given.filter((field) => values[field] !== null);
    put(line, inForm(codec.encode(group, currents), line), draft, filled.length === 0 ? given : filled, losses);
  };
}

/** Members that the caller does not name stay as the record has them, unless the name changes its kind (parts or one text). */
function completed(line: Line, codec: Group, values: FieldValues, present: unknown): GroupValues {
  const held = present instanceof Unreadable || present === undefined || present === null ? NOTHING : (present as GroupValues);
  let [parts, display] = [false, false];
  for (let index = 0; index < codec.targets.length; index++) {
    const target = codec.targets[index] ?? '';
    const value = values[line.targets[index] ?? target] ?? null;
    if (value === null) continue;
    if (target === 'display') display = true;
    else parts = true;
  }
  const group: Record<string, Value> = {};
  for (let index = 0; index < codec.targets.length; index++) {
    const target = codec.targets[index] ?? '';
    const value = values[line.targets[index] ?? target];
    const replaced = target === 'display' ? parts : display && !parts;
    group[target] = value !== undefined ? value : replaced ? null : (held[target] ?? null);
  }
  return group;
}

const NOTHING: GroupValues = {};
