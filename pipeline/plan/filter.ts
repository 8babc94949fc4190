/** The closed filter of `create: where` and `migrate --where`. */
import { digest } from '../../core/hash.ts';
import { type FieldValues, fieldSpec } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import type { FilterCondition, StreamPolicy } from '../setup.ts';

/** Stands for a digest where it is told. */
export const HIDDEN = '•••';

/** Whether the policy wants an entity with these values created. */
export function wantsCreate(policy: StreamPolicy, values: FieldValues): boolean {
  if (policy.create === 'none') return false;
  return policy.create === 'all' || holdsAll(policy.create, values);
}

export function holdsAll(conditions: readonly FilterCondition[], values: FieldValues): boolean {
  return conditions.every((condition) => holds(condition, values));
}

function holds(condition: FilterCondition, values: FieldValues): boolean {
  const value = values[condition.field];
  if (condition.empty !== undefined && isEmpty(value) !== condition.empty) return false;
  if (condition.digests !== undefined && !condition.digests.includes(digestOf(condition.field, value))) return false;
  if (condition.is !== undefined && value !== condition.is) return false;
  return condition.in === undefined || condition.in.some((one) => one === value);
}

/**
 * Conditions on clients as they may be kept in `runs`, and told: values of people as digests, by which the same clients are chosen again.
 * Whoever holds the store can try guesses at them, but holds the people themselves.
 */
export function keptConditions(conditions: readonly FilterCondition[]): readonly FilterCondition[] {
  return conditions.map((condition) => {
    const { is, in: among, ...kept } = condition;
    if (fieldSpec('client', condition.field)?.personal === false || (is === undefined && among === undefined)) return condition;
    // Where both are said both must hold: only a value that is in the list as well counts.
    const values = among === undefined ? [is] : is === undefined ? among : among.filter((one) => one === is);
    return { ...kept, digests: values.map((one) => digestOf(condition.field, one)) };
  });
}

/** The same as commands print them: no digest either, at which whoever reads along could try guesses. */
export function toldConditions(conditions: readonly FilterCondition[]): readonly FilterCondition[] {
  return keptConditions(conditions).map((condition) =>
    condition.digests === undefined ? condition : { ...condition, digests: condition.digests.map(() => HIDDEN) },
  );
}

const digestOf = (field: string, value: unknown): string => digest(`${field}\n${JSON.stringify(value ?? null)}`);
