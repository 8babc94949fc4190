import type { VposCustomer } from './model.ts';
import { CallError, type Params } from './params.ts';
import type { VposState } from './state.ts';
import type { BranchNode } from './tree.ts';

const WRITABLE = [
  'fname',
  'lname',
  'mname',
  'email',
  'phone',
  'gender',
  'custom_information',
  'birth_day',
  'birth_month',
  'birth_year',
  'register_date',
  'accumulated_sales',
  'send_push',
  'send_email',
  'send_sms',
] as const satisfies readonly (keyof VposCustomer)[];

const NAMES = new Set<string>(['fname', 'lname', 'mname']);

const fitted = (state: VposState, name: string, value: string): string => {
  if (!NAMES.has(name)) return value;
  const { trimNames, maxName } = state.options;
  return [...(trimNames ? value.trim() : value)].slice(0, maxName).join('');
};

const group = (state: VposState, params: Params): string | undefined => {
  const id = params.any('group_id');
  if (id !== undefined && id !== '') {
    if (!state.groups.has(id)) throw new CallError('Группа клиентов не найдена');
    return id;
  }
  const name = params.any('group_name');
  if (name !== undefined && name !== '') return state.entryByName('group', name);
  const cleared = (id ?? name) !== undefined && state.options.clearByEmpty;
  return cleared ? '' : undefined;
};

const changes = (state: VposState, params: Params): Partial<VposCustomer> => {
  const fields: Partial<VposCustomer> = {};
  for (const name of WRITABLE) {
    const value = params.any(name);
    if (value === undefined || (value === '' && !state.options.clearByEmpty)) continue;
    fields[name] = fitted(state, name, value);
  }
  const groupId = group(state, params);
  if (groupId !== undefined) fields.group_id = groupId;
  return fields;
};

/** What a change that is no partial one does to the fields it does not name. What the till counts and notes stays. */
const unsent = (params: Params): Partial<VposCustomer> => {
  const kept: readonly string[] = ['accumulated_sales', 'register_date'];
  const fields: Partial<VposCustomer> = {};
  for (const name of WRITABLE) if (!kept.includes(name) && params.any(name) === undefined) fields[name] = name.startsWith('send_') ? '0' : '';
  if ((params.any('group_id') ?? params.any('group_name')) === undefined) fields.group_id = '';
  return fields;
};

/** By `id`, then by `external_id`. */
const found = (state: VposState, params: Params): VposCustomer | undefined => {
  const id = params.getOnly('id');
  const byId = id === undefined ? undefined : state.customers.get(id);
  if (byId !== undefined) return byId;
  const externalId = params.getOnly('external_id');
  const [first] = externalId === undefined ? [] : state.idsByExternalId(externalId);
  return first === undefined ? undefined : state.customers.get(first);
};

/** `/api/customer/update`: changes the fields that were sent, or creates with `create_if_not_exist=1`. */
export function updateCustomer(state: VposState, params: Params): BranchNode {
  if (params.any('age') !== undefined && state.options.ageSent === 'refuse') throw new CallError('Параметр age передавать нельзя');
  const known = found(state, params);
  if (known === undefined && params.getOnly('create_if_not_exist') !== '1') throw new CallError('Клиент не найден');
  const fields = { ...(known === undefined || state.options.partialUpdate ? {} : unsent(params)), ...changes(state, params) };
  const externalId = params.getOnly('external_id');
  if (externalId !== undefined) fields.external_id = externalId;
  const customer = known ?? state.createCustomer(fields, 'api');
  if (known !== undefined) state.changeCustomer(known, fields, 'api');
  return { success: '1', id: customer.id, isnew: known === undefined ? '1' : '0' };
}

/** The customer a card or bonus call names: by `customer_id`, or by `customer_external_id` when no id is given. */
export function namedCustomer(state: VposState, params: Params): VposCustomer | undefined {
  const id = params.any('customer_id') || undefined;
  const externalId = params.any('customer_external_id') || undefined;
  if (id === undefined && externalId === undefined) return undefined;
  const key = id ?? state.idsByExternalId(externalId ?? '')[0];
  const customer = key === undefined ? undefined : state.customers.get(key);
  if (customer === undefined) throw new CallError('Клиент не найден');
  return customer;
}
