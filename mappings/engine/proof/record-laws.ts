/** The laws of a whole mapping: lines that are right alone may still undo each other. */
import type { WireBody } from '../../../core/contract.ts';
import type { FieldValues } from '../../../core/model.ts';
import { sameValue } from '../equal.ts';
import type { Line } from '../line.ts';
import type { CompiledMapping } from '../runtime.ts';
import { type Findings, shown } from './finding.ts';

const HINT = 'look for another line that writes the same wire value, or reads it under another condition';

/** A record written new, then changed as a whole: each time what was not told as lost reads back. */
export function tryRecords(mapping: CompiledMapping, records: readonly FieldValues[], findings: Findings): void {
  const pushed = mapping.plan.lines.filter((line) => line.only === null);
  const told = new Set<string>();
  for (const [index, first] of records.entries()) {
    const second = records[(index + 1) % records.length] ?? first;
    const made = written(mapping, first, null);
    const changed = written(mapping, second, made.body);
    for (const { values, body, lost } of [
      { values: first, ...made },
      { values: second, ...changed },
    ]) {
      const back = mapping.decode(body);
      for (const line of pushed) {
        if (told.has(line.name) || findings.has(line.name)) continue;
        // What is told of one part of a wire value holds for the others too: emptying one may move another into its place.
        if (line.targets.some((one) => lost.has(one)) || pushed.some((other) => shares(line, other) && other.targets.some((one) => lost.has(one)))) continue;
        const field = line.targets.find((one) => isLost(values, back.values, one) && !(line.part !== null && values[one] === null));
        if (field === undefined) continue;
        told.add(line.name);
        findings.fault('record', line.at, line.name, `${field} reads back as another value when the whole record is written`, HINT, {
          value: shown(values[field]),
          wire: shown(line.paths.map((path) => path.get(body))),
          back: shown(back.values[field]),
        });
      }
    }
  }
}

function written(mapping: CompiledMapping, values: FieldValues, current: WireBody | null): { readonly body: WireBody; readonly lost: ReadonlySet<string> } {
  const { wire, losses } = mapping.encode(values, current);
  return { body: { ...current, ...wire }, lost: new Set(losses.map(({ field }) => field)) };
}

const shares = (a: Line, b: Line): boolean => a.part !== null && b.part !== null && a.paths[0]?.top === b.paths[0]?.top;

const isLost = (values: FieldValues, back: FieldValues, field: string): boolean =>
  values[field] !== undefined && !sameValue(values[field] ?? null, back[field] ?? null);
