/** Which of several says wins, by the policies. */
import type { FieldSpec } from '../../core/model.ts';
import { sameValue } from '../../core/values.ts';
import type { FieldPolicy, FieldRule, Policies } from '../setup.ts';
import type { Candidate } from './folded.ts';
import { compare, type Say, type Unit } from './says.ts';

/** Who won, and by which rule; `review`: a person is asked. */
export interface Decision {
  readonly winner: Say;
  readonly rule: string;
  readonly review: boolean;
}

/** Chooses by the policy; of those that are equal under it trust decides, then the system's name, then the record. */
export function choose(says: readonly Say[], policy: FieldPolicy, policies: Policies, spec: FieldSpec): Decision {
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

/** The right one of several values of one field, for what is folded apart: a card's owner, whom each system names by a key of its own. */
export function chooseOne(candidates: readonly Candidate[], spec: FieldSpec, policies: Policies): Candidate | undefined {
  const says = candidates.map(({ value, ...one }) => ({ ...one, values: { [spec.name]: value }, filled: 1, emptied: new Set<string>() }));
  if (says.length === 0) return undefined;
  const { winner } = choose(says, policyOf({ name: spec.name, fields: [spec] }, spec, policies), policies, spec);
  return candidates.find((one) => one.recordId === winner.recordId);
}

/** The policy that decides in a unit: that of its group, of its first field, or the general one. */
export function policyOf(unit: Unit, first: FieldSpec, policies: Policies): FieldPolicy {
  const said = policies.fields.get(unit.name) ?? policies.fields.get(first.name);
  if (said !== undefined) return said;
  const rule: FieldRule = first.policy === undefined || first.policy === 'local' || first.policy === 'sum' ? policies.rule : first.policy;
  return { rule };
}

const rank = (say: Say, authority: readonly string[]): number => {
  const place = authority.indexOf(say.system);
  return place < 0 ? authority.length : place;
};
