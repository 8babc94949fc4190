/**
 * Customers and cards written whole. Whether a call clears the fields that it does not name is nowhere said, so all of them are sent
 * as they are at that moment, our changes laid over: right whether it does or not (VirtualPOS API, Customer, adding and changing).
 */
import type { Json, Outcome, PushOperation, WireBody } from '../../core/contract.ts';
import { beforeWriting } from '../shared/call.ts';
import { isOvertaken } from '../shared/overtaken.ts';
import { isEmpty, text } from '../shared/records.ts';
import type { Site } from './calls.ts';
import { findCustomers } from './find.ts';
import { scalar } from './wire.ts';

/** The vendor's own: counted by the till, or noted by itself. */
const READ_ONLY: ReadonlySet<string> = new Set(['accumulated_sales', 'register_date', 'created_date', 'created_by', 'last_update_date', 'last_update_by']);
/** A group or a type is named by id or by name, and the id would win over a name of ours. */
const ONE_THING = [
  ['group_id', 'group_name'],
  ['type_id', 'type_name'],
] as const;

/** Fields that go along with ours, as they are now; or the outcome where nothing can be sent. */
export type Along = { readonly fields: WireBody; readonly latest: WireBody } | Outcome;

/** The customer as it is now. Throws as a look-up does, with nothing sent. */
export async function alongCustomer(site: Site, operation: PushOperation, key: string, signal: AbortSignal): Promise<Along> {
  const { records } = await beforeWriting(() => findCustomers(site, { key }, signal));
  return along(operation, records.get('clients')?.find((record) => record.key === key)?.body) ?? nothing('the customer');
}

/** The card as it is now: looked up with the customer who had it when it was read, as cards have no look-up of their own. */
export async function alongCard(site: Site, operation: PushOperation, key: string, signal: AbortSignal): Promise<Along> {
  const owner = text(operation.before?.['customer_id']) || text(operation.body?.['customer_id']) || (operation.parentKey ?? '');
  if (owner === '') return nothing('the card, which belongs to no customer,');
  const { records } = await beforeWriting(() => findCustomers(site, { key: owner }, signal));
  // With another customer by now: that is news, to be read first.
  return along(operation, records.get('cards')?.find((record) => record.key === key)?.body) ?? { kind: 'overtaken' };
}

function along(operation: PushOperation, latest: WireBody | undefined): Along | null {
  if (latest === undefined) return null;
  if (isOvertaken(operation, latest, spelling)) return { kind: 'overtaken' };
  const ours = new Set(ONE_THING.filter((names) => names.some((name) => operation.fields[name] !== undefined)).flat() as string[]);
  const fields = Object.entries(latest).filter(([name, value]) => !READ_ONLY.has(name) && !ours.has(name) && !isEmpty(value) && typeof value !== 'object');
  return { fields: Object.fromEntries(fields), latest };
}

const spelling = (_name: string, value: Json | undefined): string => {
  const plain = scalar(value ?? '');
  return typeof plain === 'object' ? JSON.stringify(plain) : text(plain);
};

function nothing(what: string): Outcome {
  return { kind: 'rejected', code: 'NOT_FOUND', reason: `${what} cannot be read now, so there is nothing to lay our fields over` };
}
