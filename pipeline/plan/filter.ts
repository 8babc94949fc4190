/** The closed filter of `create: where`. */
import type { FieldValues } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import type { FilterCondition, StreamPolicy } from '../setup.ts';

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
  if (condition.is !== undefined && value !== condition.is) return false;
  return condition.in === undefined || condition.in.some((one) => one === value);
}
