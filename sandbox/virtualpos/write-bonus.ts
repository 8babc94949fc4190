import { CallError, type Params } from './params.ts';
import type { VposState } from './state.ts';
import type { BranchNode } from './tree.ts';
import { namedCustomer } from './write-customer.ts';

/** A decimal text as minor units, more than two places rounded half away from zero; undefined when it is no number. */
function minorUnits(text: string): number | undefined {
  const parts = /^([+-]?)(\d{1,13})(?:[.,](\d+))?$/.exec(text.trim());
  if (parts === null) return undefined;
  const fraction = (parts[3] ?? '').padEnd(3, '0');
  const minor = Number(parts[2]) * 100 + Number(fraction.slice(0, 2)) + (Number(fraction[2]) >= 5 ? 1 : 0);
  return parts[1] === '-' && minor !== 0 ? -minor : minor;
}

/** `updateBonus`: adds `amount` to the savings of a programme, or sets them with `overwrite`. */
export function updateBonus(state: VposState, params: Params): BranchNode {
  const customer = namedCustomer(state, params);
  if (customer === undefined) throw new CallError('Не указан параметр customer_id');
  const programme = params.any('bonus_id') ?? '';
  if (!Object.hasOwn(state.options.programmes, programme)) throw new CallError('Бонусная программа не найдена');
  const amount = minorUnits(params.any('amount') ?? '');
  if (amount === undefined) throw new CallError('Не указан параметр amount');
  const overwrite = ['true', '1'].includes(params.any('overwrite') ?? '');
  const next = overwrite ? amount : state.balance(customer.id, programme) + amount;
  if (next < 0 && state.options.overdraft === 'refuse') throw new CallError('Недостаточно бонусов');
  state.setBalance(customer.id, programme, next);
  if (state.options.bonusTouchesUpdateDate) state.touch(customer, 'api');
  return { success: '1' };
}
