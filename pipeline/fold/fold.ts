/**
 * Which value is right: a pure fold over what the records of one entity *say*, people's overrides and the policies (DESIGN §7).
 * It never sees what we pushed, so our own value never votes for itself.
 */
import { ATTRIBUTES, type EntityKind, type FieldSpec, fieldSpec, type Value } from '../../core/model.ts';
import { emptyValues, isEmpty, sameValue } from '../../core/values.ts';
import { type Stamp, stampOf } from '../land/stamps.ts';
import { fieldsOf, sideOf, type ViewSource, wasEmptied } from '../land/view.ts';
import type { FieldPolicy, FieldRule, Policies } from '../setup.ts';

/** A record as the fold sees it. */
export interface Voice {
  readonly recordId: number;
  readonly system: string;
  readonly clockErrorMs: number;
  readonly view: ViewSource;
}

/** What one record says of one field. */
export interface Candidate {
  readonly recordId: number;
  readonly system: string;
  readonly value: Value;
  readonly stamp: Stamp;
  readonly clockErrorMs: number;
}

/** Where a value comes from. Losers are named by record; their values stand in their views. */
export interface Source {
  readonly record: number;
  readonly rule: string;
  readonly losers?: readonly { readonly record: number; readonly why: string }[];
}

export interface Folded {
  readonly values: Readonly<Record<string, Value>>;
  readonly provenance: Readonly<Record<string, Source>>;
  /** Fields that wait for a person to choose. */
  readonly undecided: readonly string[];
}

/** Rule of a part of a group that its winner does not have and that nobody emptied: there is no value, and each system keeps its own. */
export const KEPT_APART = 'kept apart';

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

/** Fields that win or lose together. */
interface Unit {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
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

/** The right one of several values of one field, for what is folded apart: a card's owner, whom each system names by a key of its own. */
export function chooseOne(candidates: readonly Candidate[], spec: FieldSpec, policies: Policies): Candidate | undefined {
  const says = candidates.map(({ value, ...one }) => ({ ...one, values: { [spec.name]: value }, filled: 1, emptied: new Set<string>() }));
  if (says.length === 0) return undefined;
  const { winner } = choose(says, policyOf({ name: spec.name, fields: [spec] }, spec, policies), policies, spec);
  return candidates.find((one) => one.recordId === winner.recordId);
}

/** They say the same of every part that both have, and both have one. */
function agree(unit: Unit, a: Say, b: Say): boolean {
  const shared = unit.fields.filter((spec) => !isEmpty(a.values[spec.name]) && !isEmpty(b.values[spec.name]));
  return shared.length > 0 && shared.every((spec) => plainText(a.values[spec.name]) === plainText(b.values[spec.name]));
}

const plainText = (value: Value | undefined): string => String(value).normalize('NFKC').toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim();

function policyOf(unit: Unit, first: FieldSpec, policies: Policies): FieldPolicy {
  const said = policies.fields.get(unit.name) ?? policies.fields.get(first.name);
  if (said !== undefined) return said;
  const rule: FieldRule = first.policy === undefined || first.policy === 'local' || first.policy === 'sum' ? policies.rule : first.policy;
  return { rule };
}

/** One record's say in a unit: its values, and the stamp of the latest of them. */
interface Say {
  readonly recordId: number;
  readonly system: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly stamp: Stamp;
  readonly clockErrorMs: number;
  readonly filled: number;
  /** Fields that were seen to be emptied there. */
  readonly emptied: ReadonlySet<string>;
}

function candidatesOf(unit: Unit, voices: readonly Voice[]): Say[] {
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

interface Decision {
  readonly winner: Say;
  readonly rule: string;
  readonly review: boolean;
}

function choose(says: readonly Say[], policy: FieldPolicy, policies: Policies, spec: FieldSpec): Decision {
  const authority = policy.authority ?? policies.authority;
  const ranked = [...says].sort((a, b) => rank(a, authority) - rank(b, authority) || compare(a.system, b.system) || a.recordId - b.recordId);
  const able = ranked.filter((say) => mayWin(say, ranked));
  const [best = ranked[0] as Say] = able;
  if (able.length <= 1) return { winner: best, rule: able.length === 0 ? 'empty' : 'only', review: false };
  if (policy.rule === 'authority') return { winner: best, rule: 'authority', review: false };
  if (policy.rule === 'most-complete') return { winner: mostComplete(able), rule: 'most-complete', review: false };
  if (policy.rule === 'oldest') return { winner: oldest(able, spec), rule: 'oldest', review: false };
  return latest(able, policies, authority);
}

/** Empty wins only if it was emptied there, later than every value elsewhere last changed. */
function mayWin(say: Say, all: readonly Say[]): boolean {
  if (say.filled > 0) return true;
  return all.every((other) => other === say || other.filled === 0 || other.stamp.notAfter <= say.stamp.notAfter);
}

/**
 * Takes the greatest `notAfter`, T; candidates are all values whose interval reaches T − clock error; among them authority
 * decides. First-seen values have no lower bound, so between them `firstSync` decides.
 */
function latest(says: readonly Say[], policies: Policies, authority: readonly string[]): Decision {
  const changed = says.filter((say) => say.stamp.how !== 'first-seen');
  const pool = changed.length > 0 ? changed : says;
  if (changed.length === 0) {
    const [first = says[0] as Say] = says;
    const differ = says.some((say) => Object.keys({ ...say.values, ...first.values }).some((name) => !sameValue(say.values[name], first.values[name])));
    if (!differ) return { winner: first, rule: 'same', review: false };
    if (policies.firstSync === 'most-complete') return { winner: mostComplete(says), rule: 'first-sync: most-complete', review: false };
    return { winner: first, rule: `first-sync: ${policies.firstSync}`, review: policies.firstSync === 'review' };
  }
  const top = Math.max(...pool.map((say) => say.stamp.notAfter));
  const near = pool.filter((say) => say.stamp.notAfter >= top - say.clockErrorMs);
  const ranked = near.sort((a, b) => rank(a, authority) - rank(b, authority) || compare(a.system, b.system) || a.recordId - b.recordId);
  return { winner: ranked[0] as Say, rule: near.length > 1 ? 'latest: authority' : 'latest', review: false };
}

function mostComplete(says: readonly Say[]): Say {
  return says.reduce((best, say) => (say.filled > best.filled ? say : best));
}

function oldest(says: readonly Say[], spec: FieldSpec): Say {
  const at = (say: Say): number => (typeof say.values[spec.name] === 'number' ? (say.values[spec.name] as number) : Number.POSITIVE_INFINITY);
  return says.reduce((best, say) => (at(say) < at(best) ? say : best));
}

const rank = (say: Say, authority: readonly string[]): number => {
  const place = authority.indexOf(say.system);
  return place < 0 ? authority.length : place;
};
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All items anybody says. */
function foldUnion(spec: FieldSpec, voices: readonly Voice[]): Folded {
  const items = new Set<string>();
  let record = 0;
  for (const voice of voices) {
    const said = sideOf(voice.view, spec.name)?.said;
    if (!Array.isArray(said) || said.length === 0) continue;
    if (record === 0) record = voice.recordId;
    for (const item of said) items.add(String(item));
  }
  if (items.size === 0) return { values: {}, provenance: {}, undecided: [] };
  return { values: { [spec.name]: [...items].sort() }, provenance: { [spec.name]: { record, rule: 'union' } }, undecided: [] };
}

/** Amounts that stand beside one another: the sum of what everybody says. */
function foldSum(spec: FieldSpec, voices: readonly Voice[]): Folded {
  const said = voices.flatMap((voice) => {
    const value = sideOf(voice.view, spec.name)?.said;
    return typeof value === 'number' ? [{ record: voice.recordId, value }] : [];
  });
  const [first, ...others] = said.sort((a, b) => a.record - b.record);
  if (first === undefined) return { values: {}, provenance: {}, undecided: [] };
  const sum = said.reduce((total, { value }) => total + value, 0);
  const losers = others.map(({ record }) => ({ record, why: 'added' }));
  return {
    values: { [spec.name]: sum },
    provenance: { [spec.name]: { record: first.record, rule: 'sum', ...(losers.length === 0 ? {} : { losers }) } },
    undecided: [],
  };
}

/** A value that concerns its own system alone: the first record that has one. */
function foldLocal(spec: FieldSpec, voices: readonly Voice[]): Folded {
  const ordered = [...voices].sort((a, b) => compare(a.system, b.system) || a.recordId - b.recordId);
  for (const voice of ordered) {
    const said = sideOf(voice.view, spec.name)?.said;
    if (!isEmpty(said) && said !== undefined) {
      return { values: { [spec.name]: said }, provenance: { [spec.name]: { record: voice.recordId, rule: 'local' } }, undecided: [] };
    }
  }
  return { values: {}, provenance: {}, undecided: [] };
}

/**
 * A 0 first seen is *not asked*; a 0 that was seen to change, or an explicit refusal, is a refusal. The latest explicit refusal
 * wins over older grants whatever the policy.
 */
function foldConsent(spec: FieldSpec, voices: readonly Voice[]): Folded {
  let won: { value: 'granted' | 'refused'; recordId: number; at: number } | null = null;
  const losers: { record: number; why: string }[] = [];
  for (const voice of [...voices].sort((a, b) => compare(a.system, b.system) || a.recordId - b.recordId)) {
    const side = sideOf(voice.view, spec.name);
    const value = explicit(side?.said, side?.emptied);
    if (side === undefined || value === null) continue;
    const at = side.stamp.notAfter;
    const better: boolean =
      won === null || (value === won.value ? at > won.at : value === 'refused' ? at >= won.at : at > won.at && side.stamp.how !== 'first-seen');
    if (better) {
      if (won !== null && won.value !== value) losers.push({ record: won.recordId, why: 'latest' });
      won = { value, recordId: voice.recordId, at };
    } else if (won !== null && won.value !== value) {
      losers.push({ record: voice.recordId, why: 'refusal' });
    }
  }
  if (won === null) return { values: {}, provenance: {}, undecided: [] };
  const source: Source = { record: won.recordId, rule: 'consent', ...(losers.length === 0 ? {} : { losers }) };
  return { values: { [spec.name]: won.value }, provenance: { [spec.name]: source }, undecided: [] };
}

function explicit(said: Value | undefined, withdrawn: boolean | undefined): 'granted' | 'refused' | null {
  if (said === 'granted' || said === 'refused') return said;
  return said === 'withheld' && withdrawn === true ? 'refused' : null;
}
