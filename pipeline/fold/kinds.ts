/** Fields that are not won by one record: lists, what concerns one system alone, consents. */
import type { FieldSpec, Value } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import { sideOf } from '../land/view.ts';
import type { Folded, Source, Voice } from './folded.ts';
import { compare } from './says.ts';

/** All items anybody says. */
export function foldUnion(spec: FieldSpec, voices: readonly Voice[]): Folded {
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
export function foldSum(spec: FieldSpec, voices: readonly Voice[]): Folded {
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
export function foldLocal(spec: FieldSpec, voices: readonly Voice[]): Folded {
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
export function foldConsent(spec: FieldSpec, voices: readonly Voice[]): Folded {
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

/** What a consent field says outright; null: nothing. A 0 that was seen to be set is a refusal. */
export function explicit(said: Value | undefined, withdrawn: boolean | undefined): 'granted' | 'refused' | null {
  if (said === 'granted' || said === 'refused') return said;
  return said === 'withheld' && withdrawn === true ? 'refused' : null;
}
