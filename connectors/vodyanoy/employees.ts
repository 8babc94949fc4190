/** The dictionary of employees, by which the code in `disp` becomes a name (vendor's page on dictionaries, `GET /api/employees`). */
import type { Json } from '../../core/contract.ts';
import { ConnectionError, ContractError } from '../../core/errors.ts';
import { digest } from '../../core/hash.ts';
import { IdSet } from '../shared/id-set.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import { settledPages } from '../shared/settled-pages.ts';
import { type Api, readList } from './api.ts';
import { idOf, lowered, rowKey } from './record.ts';

/** Names of employees by their codes; null: this installation does not give them. */
export type Employees = ReadonlyMap<string, string> | null;

/** Reads the dictionary. An installation without it, that keeps it from us, or answers in another form, costs the names and not the clients. */
export async function readEmployees(api: Api, signal: AbortSignal): Promise<Employees> {
  if (!api.settings.employees) return null;
  const names = new Map<string, string>();
  const limit = api.settings.pageSize;
  try {
    const list = { keyOf: rowKey, fetch: (offset: number, stop: AbortSignal) => readList(api, 'employees', {}, { offset, limit }, stop) };
    for await (const { fresh } of settledPages(list, new IdSet(), signal)) for (const row of fresh) addName(names, row);
  } catch (error) {
    const refused = error instanceof ConnectionError && error.code === 'VENDOR_REFUSED';
    if (!(error instanceof ContractError) && !refused) throw error;
    api.ctx.log.warn('the employees were not given: who is responsible for a client stays a code', { system: api.ctx.system, code: error.code });
    return null;
  }
  return names;
}

/** Equal where the names are. */
export function employeesDigest(employees: Employees): string | null {
  return employees === null ? null : digest(JSON.stringify([...employees].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function addName(names: Map<string, string>, row: Json): void {
  const fields = isObject(row) ? lowered(row) : new Map<string, Json>();
  const name = ['naimenovanie', 'imja'].map((field) => fields.get(field)).find((value) => !isEmpty(value));
  const id = idOf(row);
  if (id !== '' && name !== undefined) names.set(id, text(name));
}
