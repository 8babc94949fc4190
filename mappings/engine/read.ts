/** The reading half of a line: closures in which everything that can be known beforehand is known. */
import type { Json, WireBody } from '../../core/contract.ts';
import type { Value } from '../../core/model.ts';
import { type GroupValues, Unreadable } from './codec.ts';
import type { Line } from './line.ts';
import { isEmptyWire, type WirePath } from './path.ts';

/** Puts what a body says into `values`; answers with the fault of an unreadable value. */
export type Read = (body: WireBody, values: Record<string, Value>) => Unreadable | undefined;

/** One wire value as the line reads it: empty forms and `otherwise: ignore` taken care of. */
export function readerOfOne(line: Line): (wire: Json) => Value | Unreadable {
  const { compiled, emptyWhen, unreadable } = line;
  if (compiled.arity !== 'one') return () => null;
  const { decode } = compiled;
  const plain = emptyWhen === null ? decode : (wire: Json) => (isNamedEmpty(wire, emptyWhen) ? null : decode(wire));
  const lenient = unreadable === 'problem' ? plain : (wire: Json) => ignoring(plain(wire));
  return (wire) => (isEmptyWire(wire) ? null : lenient(wire));
}

function isNamedEmpty(wire: Json, emptyWhen: ReadonlySet<string>): boolean {
  return typeof wire !== 'object' && emptyWhen.has(String(wire).trim());
}

const ignoring = (value: Value | Unreadable): Value => (value instanceof Unreadable ? null : value);

/** Several wire values as the line reads them; undefined when all are absent. */
export function readerOfMany(line: Line): (wires: readonly (Json | undefined)[]) => Value | GroupValues | Unreadable | undefined {
  const { compiled, emptyWhen, unreadable } = line;
  if (compiled.arity === 'one') return () => undefined;
  const nothing = compiled.arity === 'many' ? null : Object.fromEntries(compiled.targets.map((target) => [target, null]));
  return (given) => {
    const wires = emptyWhen === null ? given : given.map((wire) => (wire !== undefined && isNamedEmpty(wire, emptyWhen) ? '' : wire));
    let said = false;
    let empty = true;
    for (const wire of wires) {
      if (wire === undefined) continue;
      said = true;
      if (!isEmptyWire(wire)) empty = false;
    }
    if (!said) return undefined;
    const value = empty ? nothing : compiled.decode(wires);
    return value instanceof Unreadable && unreadable === 'ignore' ? nothing : value;
  };
}

/** Compiles the reading of a line. */
export function compileRead(line: Line): Read {
  const read = line.compiled.arity === 'one' ? readOne(line) : readMany(line);
  const { when, otherwise, targets } = line;
  if (when === null) return read;
  return (body, values) => {
    if (when.holds(when.path.get(body))) return read(body, values);
    if (otherwise !== undefined) for (const target of targets) values[target] = otherwise;
    return undefined;
  };
}

function readOne(line: Line): Read {
  const [path] = line.paths;
  const [target = ''] = line.targets;
  if (path === undefined) return fixedRead(line, target);
  const decode = readerOfOne(line);
  const get = path.get;
  return (body, values) => {
    const wire = get(body);
    if (wire === undefined) return undefined;
    const value = decode(wire);
    if (value instanceof Unreadable) return value;
    values[target] = value;
    return undefined;
  };
}

/** A line without a path: the same value in every record. */
function fixedRead({ compiled }: Line, target: string): Read {
  const value = compiled.arity === 'one' ? compiled.decode('') : null;
  return (_, values) => {
    if (!(value instanceof Unreadable)) values[target] = value;
    return undefined;
  };
}

function readMany(line: Line): Read {
  const gets = line.paths.map((path: WirePath) => path.get);
  const decode = readerOfMany(line);
  const { compiled, targets } = line;
  const [target = ''] = targets;
  return (body, values) => {
    const value = decode(gets.map((get) => get(body)));
    if (value === undefined) return undefined;
    if (value instanceof Unreadable) return value;
    if (compiled.arity !== 'group') {
      values[target] = value as Value;
      return undefined;
    }
    const group = value as GroupValues;
    for (const [index, name] of compiled.targets.entries()) values[targets[index] ?? name] = group[name] ?? null;
    return undefined;
  };
}
