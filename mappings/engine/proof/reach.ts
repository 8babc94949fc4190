/** What can never happen: conditions that cannot hold, sources behind one that is always there, rows of tables that nothing reaches. */
import type { Json } from '../../../core/contract.ts';
import type { Line } from '../line.ts';
import { isEmptyWire } from '../path.ts';
import type { Plan } from '../runtime.ts';
import type { Findings } from './finding.ts';
import { typeOrAnything } from './fits.ts';
import type { WireType } from './wire-type.ts';

export function checkReach(line: Line, plan: Plan, wire: WireType, findings: Findings): void {
  checkCondition(line, wire, findings);
  checkSources(line, plan, wire, findings);
  checkRows(line, findings);
}

const NEVER = 'correct the condition, or take the line away';

function checkCondition(line: Line, wire: WireType, findings: Findings): void {
  const { when, at, name } = line;
  if (when === null) return;
  const type = typeOrAnything(wire, when.path.segments);
  const possible = valuesOf(type, when.values);
  const held = possible.filter((value) => when.holds(value));
  if (held.length === 0) {
    findings.fault('unreachable', at, name, `the condition on "${when.path.text}" can never hold: the wire never has such a value there`, NEVER);
    return;
  }
  const own = line.paths.length > 0 && line.paths.every((path) => path.text === when.path.text);
  if (own && line.only !== 'push' && held.every((value) => value === undefined || isEmptyWire(value)))
    findings.fault('unreachable', at, name, `reads "${when.path.text}" only where it is empty`, NEVER);
  if (possible.length > 1 && held.length === possible.length && type.closed && type.kinds !== null && type.values.length > 0)
    findings.note('unreachable', at, name, `the condition on "${when.path.text}" always holds`, 'take the condition away, if that is meant');
}

/** One value for each case that a condition can tell apart. */
function valuesOf(type: WireType, asked: ReadonlySet<string> | null): readonly (Json | undefined)[] {
  const nothing: readonly (Json | undefined)[] = type.mayBeEmpty ? ['', undefined] : [];
  if (type.kinds === null) return [...(asked ?? []), 'x', ...nothing];
  const wanted = [...(asked ?? [])].filter((text) => text !== '');
  const lists: readonly Json[] = [...(type.kinds.has('list') ? [['x']] : []), ...(type.kinds.has('object') ? [{ a: 'x' }] : [])];
  if (type.closed) return [...type.values, ...lists, ...nothing];
  const texts = type.kinds.has('text') ? [...wanted, 'x'].filter((text) => type.forms === null || type.forms.some((form) => form.test(text))) : [];
  const numbers = type.kinds.has('number') ? [...wanted.map(Number).filter(Number.isFinite), 17] : [];
  return [...type.values, ...texts, ...numbers, ...lists, ...nothing, ...(type.kinds.has('boolean') ? [true, false] : [])];
}

/** A source is always there when the record's key is read from it, or the schema asks for it and lets it be neither null nor ''. */
function checkSources(line: Line, plan: Plan, wire: WireType, findings: Findings): void {
  const seen = new Set<string>();
  for (const [index, path] of line.paths.entries()) {
    if (seen.has(path.text) && line.codec !== 'address-parts')
      findings.fault('shadowed', line.at, line.name, `"${path.text}" is named twice in one line`, 'name each wire field once');
    seen.add(path.text);
    if (line.codec !== 'first-of' || index === line.paths.length - 1) continue;
    const isKey = plan.key.path.text === path.text;
    const isThere = wire.required.has(path.top) && path.segments.length === 1 && !typeOrAnything(wire, path.segments).mayBeEmpty;
    const next = line.paths[index + 1];
    if ((isKey || isThere) && next !== undefined)
      findings.fault(
        'shadowed',
        line.at,
        line.name,
        `"${next.text}" is never read: "${path.text}" before it is always there`,
        'change the order of the sources, or take it away',
      );
  }
}

/** Rows of a table of codes that `emptyWhen` or a condition on the same field takes first. */
function checkRows(line: Line, findings: Findings): void {
  const { codes } = (line.params ?? {}) as { readonly codes?: unknown };
  if (line.codec !== 'code' || typeof codes !== 'object' || codes === null) return;
  const [path] = line.paths;
  for (const row of Object.keys(codes)) {
    if (line.emptyWhen?.has(row) === true)
      findings.fault('shadowed', line.at, line.name, `the row "${row}" of the table is never read: "emptyWhen" has it too`, 'name the value in one of the two');
    else if (line.when !== null && path?.text === line.when.path.text && !line.when.holds(row))
      findings.fault(
        'unreachable',
        line.at,
        line.name,
        `the row "${row}" of the table is never read: the condition shuts it out`,
        'take the row, or the condition, away',
      );
  }
}
