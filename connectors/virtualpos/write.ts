import type { Outcome, PushOperation, WireBody } from '../../core/contract.ts';
import { ContractError, RecordError } from '../../core/errors.ts';
import { decimalFromMinor } from '../../core/money.ts';
import type { CallKind } from '../shared/call.ts';
import { isEmpty, text } from '../shared/records.ts';
import { type Called, rejectionOf, type Site, spell, type WriteCall, writeCall } from './calls.ts';
import { findCustomers } from './find.ts';
import { bonusKey, cardParameter, splitBonusKey } from './rows.ts';
import { type Along, alongCard, alongCustomer } from './whole.ts';
import { isKey, speaksOf } from './wire.ts';

/** The vendor had the record that we meant to create, and changed it instead. */
const HAD_IT = 'VENDOR_HAD_IT';

/** The vendor computes these, or they are keys and say nothing as fields. `age` is forbidden outright. */
const NEVER_SENT = new Set(['age', 'id', 'apikey', 'format', 'create_if_not_exist']);
/** Searched by, and so not sent unless it is to be changed: it need not be the only one. */
const CUSTOMER_KEYS = new Set(['external_id']);
const NOTHING_ALONG: Exclude<Along, Outcome> = { fields: {}, latest: {} };
const CARD_KEYS = new Set(['card_id', 'uid', 'external_id', 'card_barcode', 'customer_id']);

/** Creates or updates a customer (VirtualPOS API, Customer, adding and changing). */
export async function pushClient(site: Site, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  if (operation.action === 'create') return createClient(site, operation, signal);
  if (operation.action !== 'update') throw unsupported(operation);
  site.names.assertAllowed(operation.fields);
  const key = keyOf(operation);
  const { external_id, ...form } = formOf(operation.fields, NEVER_SENT);
  const reference: Record<string, string> = external_id === undefined ? {} : { external_id };
  if (Object.keys(form).length === 0 && external_id === undefined) return { kind: 'unchanged' };
  const along = site.settings.update === 'whole' ? await alongCustomer(site, operation, key, signal) : NOTHING_ALONG;
  if ('kind' in along) return along;
  const query = { id: key, create_if_not_exist: '0', ...reference };
  const whole = { ...formOf(along.fields, union(NEVER_SENT, CUSTOMER_KEYS)), ...form };
  const called = await writeCall(site, { path: 'update', query, form: whole }, 'safe-write', signal);
  if (!called.answer.ok) throw rejectionOf(site, called.answer);
  return { kind: 'applied', key };
}

async function createClient(site: Site, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  site.names.assertAllowed(operation.fields);
  const { external_id, ...form } = { ...site.settings.clientDefaults, ...formOf(operation.fields, NEVER_SENT) };
  const wanted = operation.reference ?? external_id;
  const reference = wanted !== undefined && (await isTaken(site, wanted, signal)) ? undefined : wanted;
  const query = { create_if_not_exist: '1', ...(reference === undefined ? {} : { external_id: reference }) };
  // With a reference a repetition finds what the first one made; without it there would be two.
  const kind: CallKind = reference === undefined ? 'unsafe-write' : 'safe-write';
  const called = await writeCall(site, { path: 'update', query, form }, kind, signal);
  return created(site, called);
}

/**
 * Somebody has that outer code already: another program numbers its customers there too. A create under it would change that
 * customer instead. Where the look-up cannot tell, it counts as taken.
 */
async function isTaken(site: Site, reference: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { records, rejected } = await findCustomers(site, { reference }, signal);
    return rejected.length > 0 || (records.get('clients') ?? []).length > 0;
  } catch (error) {
    if (error instanceof ContractError) return true;
    throw error;
  }
}

/** Creates, changes or deletes a card (VirtualPOS API, updateCard, insertCard, deleteCard). */
export async function pushCard(site: Site, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  if (operation.action === 'create') return createCard(site, operation, signal);
  if (operation.action === 'delete') return deleteCard(site, operation, signal);
  if (operation.action !== 'update') throw unsupported(operation);
  const key = keyOf(operation);
  const { fields } = operation;
  const named = cardParameter(key);
  if (fields['uid'] !== undefined && fields['uid'] !== named['uid']) {
    // The search goes on by `uid` when `card_id` finds nothing, and would then change the card of somebody else.
    throw new RecordError('RECORD_VALUE', 'the number of a card cannot be changed in VirtualPOS');
  }
  site.names.assertAllowed(fields);
  const form = formOf(fields, union(NEVER_SENT, CARD_KEYS));
  const owner = operation.parentKey ?? (fields['customer_id'] === undefined ? undefined : text(fields['customer_id']));
  if (fields['customer_id'] !== undefined && owner !== undefined) form['customer_id'] = owner;
  if (Object.keys(form).length === 0) return { kind: 'unchanged' };
  const along = site.settings.update === 'whole' ? await alongCard(site, operation, key, signal) : NOTHING_ALONG;
  if ('kind' in along) return along;
  const query = { ...keysOf(along.latest), ...named, create_if_not_exist: '0' };
  const kept = text(along.latest['customer_id']);
  const whole = { ...formOf(along.fields, union(NEVER_SENT, CARD_KEYS)), ...(kept === '' ? {} : { customer_id: kept }), ...form };
  const called = await writeCall(site, { path: 'updateCard', query, form: whole }, 'safe-write', signal);
  if (!called.answer.ok) throw rejectionOf(site, called.answer);
  return { kind: 'applied', key };
}

/** Values of a card that only the query takes, where the card they find next is this very one. */
function keysOf(latest: WireBody): Record<string, string> {
  const { uid } = latest;
  return isKey(uid) ? { uid } : {};
}

async function createCard(site: Site, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { settings } = site;
  const uid = text(operation.fields['uid']);
  if (!isKey(uid)) throw new RecordError('RECORD_VALUE', 'a new card needs its number (uid)');
  site.names.assertAllowed(operation.fields);
  const form = { ...settings.cardDefaults, ...formOf(operation.fields, union(NEVER_SENT, CARD_KEYS)) };
  const owner = operation.parentKey ?? text(operation.fields['customer_id']);
  if (owner !== '') form['customer_id'] = owner;
  const insert = settings.createCardBy === 'insertCard';
  const call: WriteCall = insert ? { path: 'insertCard', query: { uid }, form } : { path: 'updateCard', query: { uid, create_if_not_exist: '1' }, form };
  return created(site, await writeCall(site, call, insert ? 'unsafe-write' : 'safe-write', signal));
}

async function deleteCard(site: Site, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const call: WriteCall = {
    path: 'deleteCard',
    method: site.settings.deleteMethod,
    query: cardParameter(keyOf(operation)),
    form: {},
  };
  const called = await writeCall(site, call, 'safe-write', signal);
  if (called.answer.ok) return { kind: 'applied', key: keyOf(operation) };
  // Gone already, perhaps by our own call whose answer was lost.
  if (speaksOf(called.answer.info, site.settings.notFoundInfo)) return { kind: 'unchanged' };
  throw rejectionOf(site, called.answer);
}

/** Changes savings (VirtualPOS API, updateBonus): by difference, or with `overwrite` to the balance wanted. */
export async function pushBonus(site: Site, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { adjust } = operation;
  if (operation.action !== 'adjust' || adjust === undefined) throw unsupported(operation);
  const { customer, programme } = accountOf(site, operation);
  const byValue = site.settings.balanceBy === 'value';
  const form: Record<string, string> = {
    customer_id: customer,
    bonus_id: programme,
    amount: decimalFromMinor(byValue ? adjust.target : adjust.delta),
    overwrite: spell(site.settings, byValue),
  };
  const kind: CallKind = byValue ? 'safe-write' : 'unsafe-write';
  const called = await writeCall(site, { path: 'updateBonus', query: {}, form }, kind, signal);
  if (!called.answer.ok) throw rejectionOf(site, called.answer);
  return { kind: 'applied', key: bonusKey(customer, programme) };
}

function accountOf(site: Site, operation: PushOperation): { readonly customer: string; readonly programme: string } {
  const parts = operation.key === undefined ? null : splitBonusKey(operation.key);
  if (parts !== null) return parts;
  const customer = operation.parentKey;
  if (!isKey(customer)) throw new RecordError('RECORD_VALUE', 'savings need the customer they belong to');
  return { customer, programme: text(operation.fields['bonus_id']) || site.settings.bonusId };
}

function created(site: Site, { answer }: Called): Outcome {
  if (!answer.ok) throw rejectionOf(site, answer);
  const key = text(answer.root['id']);
  if (!isKey(key)) throw new ContractError('VENDOR_ANSWER', `${site.ctx.system}: VirtualPOS created a record and gave no id`);
  const had = text(answer.root['isnew']) === '0' || answer.root['isnew'] === false;
  return { kind: 'applied', key, ...(had ? { notices: [HAD_IT] } : {}) };
}

function keyOf(operation: PushOperation): string {
  if (!isKey(operation.key)) throw new RecordError('RECORD_VALUE', 'the operation has no usable key');
  return operation.key;
}

/** Fields as form parameters. What is neither text nor empty has no form there. */
function formOf(fields: WireBody, without: ReadonlySet<string>): Record<string, string> {
  const form: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (without.has(name) || name === '__proto__') continue;
    if (typeof value === 'object' && !isEmpty(value)) {
      throw new RecordError('RECORD_VALUE', `the field ${name} is not one value`, { where: { field: name } });
    }
    form[name] = typeof value === 'boolean' ? (value ? '1' : '0') : text(value);
  }
  return form;
}

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one, ...other]);
}

function unsupported(operation: PushOperation): RecordError {
  return new RecordError('RECORD_VALUE', `VirtualPOS has no call to ${operation.action} this`);
}
