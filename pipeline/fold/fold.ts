/**
 * Which value is right: a pure fold over what the records of one entity *say*, people's overrides and the policies (DESIGN §7).
 * It never sees what we pushed, so our own value never votes for itself.
 */
import { ATTRIBUTES, type EntityKind, type FieldSpec, fieldSpec, type Value } from '../../core/model.ts';
import { emptyValues, isEmpty, sameValue } from '../../core/values.ts';
import { stampOf } from '../land/stamps.ts';
import { fieldsOf, wasEmptied } from '../land/view.ts';
import type { Policies } from '../setup.ts';
import { choose, policyOf } from './choose.ts';
import { type Folded, KEPT_APART, type Source, type Voice } from './folded.ts';
import { explicit, foldConsent, foldLocal, foldSum, foldUnion } from './kinds.ts';
import { agree, candidatesOf, compare, type Say, type Unit } from './says.ts';

/** Folds the records of one entity. `overrides` are values people laid down. */
export function fold(entity: EntityKind, voices: readonly Voice[], overrides: ReadonlyMap<string, Value>, policies: Policies): Folded {
  const [only] = voices;
  if (only !== undefined && voices.length === 1 && only.view.pushes.size === 0 && overrides.size === 0) return foldOnly(entity, only);
  const values = emptyValues();
  const provenance: Record<string, Source> = {};
  const undecided: string[] = [];
  for (const unit of unitsOf(entity, voices)) {
    const won = foldUnit(unit, voices, overrides, policies);
    for (const [field, value] of Object.entries(won.values)) values[field] = value;
    Object.assign(provenance, won.provenance);
    undecided.push(...won.undecided);
  }
  for (const [field, value] of overrides) {
    values[field] = value;
    provenance[field] = { record: 0, rule: 'override' };
  }
  return { values, provenance, undecided };
}

/** The normal case of a first load, without the comparing: one record that says everything. Gives what the general way gives. */
function foldOnly(entity: EntityKind, voice: Voice): Folded {
  const values = emptyValues();
  const { view } = voice;
  const changed = view.stamps.paths.size > 0 || view.stamps.base.how !== 'first-seen';
  const emptied = (field: string, said: Value): boolean => changed && wasEmptied(said, stampOf(view.stamps, field, view.sources.get(field) ?? []));
  for (const field in view.values) {
    const said = view.values[field];
    const spec = fieldSpec(entity, field);
    if (said === undefined || spec === undefined || spec.kind === 'ref') continue;
    if (spec.kind === 'consent') {
      const consent = explicit(said, said === 'withheld' && emptied(field, said));
      if (consent !== null) values[field] = consent;
    } else if (!isEmpty(said)) {
      values[field] = said;
    } else if (spec.policy !== 'union' && spec.policy !== 'local' && spec.policy !== 'sum' && emptied(field, said)) {
      values[field] = null;
    }
  }
  return { values, provenance: { '*': { record: voice.recordId, rule: 'only' } }, undecided: [] };
}

function unitsOf(entity: EntityKind, voices: readonly Voice[]): Unit[] {
  const units = new Map<string, FieldSpec[]>();
  const seen = new Set<string>();
  for (const voice of voices) {
    for (const field of fieldsOf(voice.view)) {
      if (seen.has(field)) continue;
      seen.add(field);
      const spec = fieldSpec(entity, field);
      if (spec === undefined || spec.kind === 'ref') continue;
      const name = spec.group ?? field;
      const fields = units.get(name);
      if (fields === undefined) units.set(name, [spec]);
      else fields.push(spec);
    }
  }
  return [...units].map(([name, fields]) => ({ name, fields }));
}

function foldUnit(unit: Unit, voices: readonly Voice[], overrides: ReadonlyMap<string, Value>, policies: Policies): Folded {
  const [first] = unit.fields;
  if (first === undefined) return { values: {}, provenance: {}, undecided: [] };
  if (first.name.startsWith(ATTRIBUTES) || first.policy === 'local') return foldLocal(first, voices);
  if (first.policy === 'sum') return foldSum(first, voices);
  if (first.kind === 'consent') return foldConsent(first, voices);
  const policy = policyOf(unit, first, policies);
  if (policy.rule === 'union') return foldUnion(first, voices);
  const candidates = candidatesOf(unit, voices);
  if (candidates.length === 0) return { values: {}, provenance: {}, undecided: [] };
  const decision = choose(candidates, policy, policies, first);
  const values = emptyValues();
  const provenance: Record<string, Source> = {};
  for (const spec of unit.fields) {
    if (overrides.has(spec.name)) continue;
    const { value, from } = partOf(spec.name, unit, decision.winner, candidates);
    if (value === undefined) {
      const own = candidates.filter((one) => !isEmpty(one.values[spec.name])).map((one) => ({ record: one.recordId, why: decision.rule }));
      if (own.length > 0) provenance[spec.name] = { record: decision.winner.recordId, rule: KEPT_APART, losers: own };
      continue;
    }
    values[spec.name] = value;
    const losers = candidates
      .filter((one) => one !== from && one.values[spec.name] !== undefined && !sameValue(one.values[spec.name], value))
      .map((one) => ({ record: one.recordId, why: decision.rule }));
    const rule = from === decision.winner ? decision.rule : value === null ? 'emptied' : 'completed';
    provenance[spec.name] = { record: from.recordId, rule, ...(losers.length === 0 ? {} : { losers }) };
  }
  const open = decision.review && unit.fields.some((spec) => !overrides.has(spec.name) && values[spec.name] !== undefined);
  return { values, provenance, undecided: open ? [unit.name] : [] };
}

/**
 * A field of a group whose winner is known. A part that the winner never had is completed by somebody who says the same of the
 * parts both have (a patronymic). Where the others speak of something else it is not said: nobody emptied it, so each keeps its own.
 */
function partOf(field: string, unit: Unit, winner: Say, candidates: readonly Say[]): { value: Value | undefined; from: Say } {
  const value = winner.values[field];
  if (!isEmpty(value) || winner.emptied.has(field)) return { value, from: winner };
  const others = candidates.filter((one) => one !== winner).sort((a, b) => compare(a.system, b.system) || a.recordId - b.recordId);
  const having = others.filter((one) => !isEmpty(one.values[field]));
  const fits = having.find((one) => agree(unit, winner, one));
  if (fits !== undefined) return { value: fits.values[field], from: fits };
  // Nobody has it any more: whoever emptied it speaks for those whom it completed.
  const emptier = having.length === 0 ? others.find((one) => one.emptied.has(field)) : undefined;
  return { value: emptier === undefined ? undefined : null, from: emptier ?? winner };
}
