/** What each record says in a unit of fields, as it competes with the others. */
import type { FieldSpec, Value } from '../../core/model.ts';
import { emptyValues, isEmpty } from '../../core/values.ts';
import type { Stamp } from '../land/stamps.ts';
import { sideOf } from '../land/view.ts';
import type { Voice } from './folded.ts';

/** Fields that win or lose together. */
export interface Unit {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
}

/** One record's say in a unit: its values, and the stamp of the latest of them. */
export interface Say {
  readonly recordId: number;
  readonly system: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly stamp: Stamp;
  readonly clockErrorMs: number;
  readonly filled: number;
  /** Fields that were seen to be emptied there. */
  readonly emptied: ReadonlySet<string>;
}

/** What the voices say in a unit, without those that say nothing in it. */
export function candidatesOf(unit: Unit, voices: readonly Voice[]): Say[] {
  const says: Say[] = [];
  for (const voice of voices) {
    const values = emptyValues();
    let stamp: Stamp | null = null;
    let filled = 0;
    const emptied = new Set<string>();
    for (const spec of unit.fields) {
      const side = sideOf(voice.view, spec.name);
      if (side === undefined || side.said === undefined) continue;
      values[spec.name] = side.said;
      if (!isEmpty(side.said)) filled += 1;
      else if (side.emptied) emptied.add(spec.name);
      if (stamp === null || side.stamp.notAfter > stamp.notAfter) stamp = side.stamp;
    }
    if (stamp === null || (filled === 0 && emptied.size === 0)) continue;
    says.push({ recordId: voice.recordId, system: voice.system, values, stamp, clockErrorMs: voice.clockErrorMs, filled, emptied });
  }
  return unit.name === 'name' ? withoutWholeNames(says) : says;
}

/** The same name as one text says less than the name in its parts: it takes no part where somebody has the parts. */
function withoutWholeNames(says: Say[]): Say[] {
  const inParts = says.filter((say) => !isEmpty(say.values['name.first'])).map((say) => wordsOf(['name.last', 'name.first', 'name.middle'], say));
  if (inParts.length === 0) return says;
  return says.filter((say) => {
    if (!isEmpty(say.values['name.first']) || isEmpty(say.values['name.display'])) return true;
    const words = wordsOf(['name.display'], say);
    return !inParts.some((parts) => [...words].every((word) => parts.has(word)) || [...parts].every((word) => words.has(word)));
  });
}

function wordsOf(fields: readonly string[], say: Say): Set<string> {
  return new Set(
    fields
      .flatMap((field) =>
        String(say.values[field] ?? '')
          .toLowerCase()
          .replaceAll('ё', 'е')
          .split(/[^\p{L}\p{N}-]+/u),
      )
      .filter((word) => word !== ''),
  );
}

/** They say the same of every part that both have, and both have one. */
export function agree(unit: Unit, a: Say, b: Say): boolean {
  const shared = unit.fields.filter((spec) => !isEmpty(a.values[spec.name]) && !isEmpty(b.values[spec.name]));
  return shared.length > 0 && shared.every((spec) => plainText(a.values[spec.name]) === plainText(b.values[spec.name]));
}

const plainText = (value: Value | undefined): string => String(value).normalize('NFKC').toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim();

/** An order of names that is the same on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
