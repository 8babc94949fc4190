/** Proofs of times: `changedAt` and `createdAt` are lines that are only read, and a pattern names the parts of a clock where they belong. */
import type { FieldValues } from '../../../core/model.ts';
import { MOMENT } from '../canonical.ts';
import type { Line } from '../line.ts';
import type { Plan } from '../runtime.ts';
import type { Findings } from './finding.ts';
import { type LawSetup, type LineProof, tryLaws } from './laws.ts';
import type { Random } from './random.ts';
import { checkReach } from './reach.ts';
import { checkTypes } from './types.ts';
import { madeValue } from './values.ts';

interface MomentSetup extends Pick<LawSetup, 'wire' | 'without' | 'random'> {
  readonly runs: number;
}

/** The laws of a line, for the times of change and of making. */
export function proveMoments(plan: Plan, { wire, without, runs, random }: MomentSetup, findings: Findings): readonly LineProof[] {
  return [plan.changedAt, plan.createdAt]
    .filter((line) => line !== null)
    .map((line) => {
      checkReach(line, plan, wire, findings);
      checkPattern(line, findings);
      const read: Line = { ...line, only: 'pull' };
      const records = momentsOf(line, runs, random);
      const { proof, written } = tryLaws(read, { plan: { ...plan, lines: [read] }, wire, without, records, random }, findings);
      checkTypes(read, plan, wire, written, random, findings);
      return proof;
    });
}

const momentsOf = ({ name }: Line, runs: number, random: Random): readonly FieldValues[] =>
  Array.from({ length: runs }, () => ({ [name]: madeValue(MOMENT, random) }));

const CLOCK = ['H', 'm', 's', 'S'];

/** Every pattern can be read and written; one in which `mm` stands where a month belongs reads most times not, and some as another time. */
export function checkPattern(line: Line, findings: Findings): void {
  if (line.codec !== 'datetime') return;
  const { pattern } = line.params as { readonly pattern: string | readonly string[] };
  for (const one of [pattern].flat()) {
    const letters = one.replace(/'[^']*'/g, '').match(/([yMdHhmsS])\1*/g);
    const parts = (letters ?? []).map(([letter = '']) => (letter === 'h' ? 'H' : letter));
    const clock = parts.filter((part) => CLOCK.includes(part));
    const first = parts.findIndex((part) => CLOCK.includes(part));
    const together = parts.slice(first, first + clock.length).join() === clock.join();
    if (['iso', 'unix', 'unix-ms'].includes(one) || clock.length === 0 || (together && clock.join() === CLOCK.slice(0, clock.length).join())) continue;
    findings.fault(
      'pattern',
      line.at,
      line.name,
      `"${one}" does not name hours, minutes and seconds one after another`,
      'months are MM and minutes mm: yyyy-MM-dd HH:mm:ss',
    );
  }
}
