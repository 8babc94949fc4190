/** Across lines: members of wire objects that nobody maps, and two lines that write one bit. */
import type { Line } from '../line.ts';
import type { Plan } from '../runtime.ts';
import type { Findings } from './finding.ts';
import type { WireType } from './wire-type.ts';

const PLACE = 'map it, or name it under "ignored" with the reason';

/** A member of an object is mapped when a line reads it, or the whole object. Top-level names are the compiler's check. */
export function checkMembers(plan: Plan, wire: WireType, findings: Findings): void {
  const lines = [...plan.lines, plan.changedAt, plan.createdAt].filter((line): line is Line => line !== null);
  const used = [
    plan.key.path.name,
    ...lines.flatMap((line) => [...line.paths, ...(line.when === null ? [] : [line.when.path])].map((path) => path.name)),
    ...plan.constants.map(({ path }) => path.name),
    ...plan.ignored.map(({ name }) => name),
  ];
  const isUsed = (name: string): boolean => used.some((one) => one === name || one.startsWith(`${name}.`) || name.startsWith(`${one}.`));
  for (const [top, type] of wire.members ?? []) {
    if (type.members === null || !used.some((one) => one.startsWith(`${top}.`)) || used.includes(top)) continue;
    for (const name of type.members.keys()) {
      if (isUsed(`${top}.${name}`)) continue;
      const at = lines.find((line) => line.paths.some((path) => path.top === top))?.at ?? plan.key.at;
      findings.fault('unmapped', at, null, `the wire field "${top}.${name}" is neither mapped nor ignored`, PLACE);
    }
  }
}

/** Lines that share a wire value by parts must own different bits of it, and different members. */
export function checkParts(plan: Plan, findings: Findings): void {
  const owners = new Map<string, Line>();
  for (const line of plan.lines) {
    const { bit } = (line.params ?? {}) as { readonly bit?: unknown };
    if (line.codec !== 'bits' || line.only === 'pull' || typeof bit !== 'number') continue;
    const owned = `${line.paths[0]?.name} ${bit}`;
    const other = owners.get(owned);
    if (other !== undefined)
      findings.fault(
        'written-twice',
        line.at,
        line.name,
        `writes bit ${bit} of "${line.paths[0]?.text}", as "${other.name}" (line ${other.at.line}) does`,
        'give each line its own bit',
      );
    owners.set(owned, line);
  }
}
