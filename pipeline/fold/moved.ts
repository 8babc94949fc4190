/** Which value counts in a one-off move: the system that is moved into has no say in what the system that is moved out of says something of. */
import { ATTRIBUTES, type EntityKind, type FieldSpec, fieldSpec, type Value } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import { sideOf } from '../land/view.ts';
import type { Policies } from '../setup.ts';
import { policyOf } from './choose.ts';
import { fold } from './fold.ts';
import type { Folded, Source, Voice } from './folded.ts';

/** Rule of a value that counts because it is moved, and not by the policies. */
export const MOVED = 'moved';

interface Subject {
  readonly voices: readonly Voice[];
  readonly overrides: ReadonlyMap<string, Value>;
}

/**
 * `folded` as a move from one system into another wants it, by their names: among all others the policies hold, and so do people's
 * overrides. Consents, lists that are joined, and what each system keeps for itself stay as the policies have them.
 */
export function foldMoved(entity: EntityKind, { voices, overrides }: Subject, folded: Folded, policies: Policies, from: string, to: string): Folded {
  const others = voices.filter(({ system }) => system !== to);
  if (others.length === voices.length) return folded;
  const said = saidBy(entity, others, from);
  if (said.size === 0) return folded;
  const apart = fold(entity, others, overrides, policies);
  const values: Record<string, Value> = { ...folded.values };
  const provenance: Record<string, Source> = { ...folded.provenance };
  const isMoved = (field: string): boolean => {
    const spec = fieldSpec(entity, field);
    return spec !== undefined && said.has(unitOf(spec)) && isChosen(spec, policies);
  };
  for (const field of new Set([...Object.keys(folded.values), ...Object.keys(apart.values)])) {
    if (!isMoved(field)) continue;
    const value = apart.values[field];
    if (sameValue(value, folded.values[field])) continue;
    // The rest of a name that is not the source's belongs to another: nothing is said of it.
    if (value === undefined) delete values[field];
    else values[field] = value;
    const source = apart.provenance[field] ?? apart.provenance['*'];
    if (source !== undefined) provenance[field] = { ...source, rule: MOVED };
  }
  const undecided = [...folded.undecided.filter((unit) => !said.has(unit)), ...apart.undecided.filter((unit) => said.has(unit))];
  return { values, provenance, undecided };
}

/** Whether a stored reason says of some field, or of this one, that it counts because it is moved. */
export function saysMoved(reason: string | null, field?: string): boolean {
  const rules = (reason === null ? {} : JSON.parse(reason)) as Readonly<Record<string, { readonly rule?: string } | undefined>>;
  return field === undefined ? Object.values(rules).some((one) => one?.rule === MOVED) : rules[field]?.rule === MOVED;
}

const unitOf = (spec: FieldSpec): string => spec.group ?? spec.name;

function saidBy(entity: EntityKind, voices: readonly Voice[], system: string): Set<string> {
  const said = new Set<string>();
  for (const voice of voices) {
    if (voice.system !== system) continue;
    for (const field of new Set([...Object.keys(voice.view.values), ...voice.view.pushes.keys()])) {
      const spec = fieldSpec(entity, field);
      if (spec !== undefined && !isEmpty(sideOf(voice.view, field)?.said ?? null)) said.add(unitOf(spec));
    }
  }
  return said;
}

/** One of several values is chosen, and the others lose. */
function isChosen(spec: FieldSpec, policies: Policies): boolean {
  if (spec.kind === 'ref' || spec.kind === 'consent' || spec.policy === 'local' || spec.policy === 'sum' || spec.name.startsWith(ATTRIBUTES)) return false;
  const { rule } = policyOf({ name: unitOf(spec), fields: [spec] }, spec, policies);
  return rule !== 'union' && rule !== 'oldest';
}
