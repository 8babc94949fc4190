import type { Found, Json, Probe } from '../../core/contract.ts';
import { ContractError, InvariantError } from '../../core/errors.ts';
import { isObject, text } from '../shared/records.ts';
import { readCall, refusalOf, type Site } from './calls.ts';
import { customersOf } from './page.ts';
import { extras } from './read.ts';
import { Gathered, gather, idOf, splitBonusKey } from './rows.ts';
import { countOf, speaksOf } from './wire.ts';

type Row = { readonly [name: string]: Json };

/** A filter of the read call, and the test that a row really passed it. */
interface Filter {
  readonly query: Readonly<Record<string, string>>;
  /** Null: the row does not say. */
  fits(row: Row): boolean | null;
}

/** More rows than this for one person's key mean that the filter was not applied. */
const MANY = 20;

/**
 * Looks customers up with their cards and bonuses (VirtualPOS API, Customer, reading by `id`, `external_id`, `phone`, `email`).
 * A row that does not fit the probe is dropped: a filter the vendor ignores must not give a stranger. Throws as a reading does.
 */
export async function findCustomers(site: Site, probe: Probe, signal: AbortSignal): Promise<Found> {
  const filter = filterOf(site, probe);
  const query = { ...extras(site), ...filter.query, page: '1', page_size: String(site.settings.pageSize) };
  const called = await readCall(site, query, signal);
  const gathered = new Gathered();
  const times = { began: called.began, ended: called.ended };
  if (!called.answer.ok) {
    if (speaksOf(called.answer.info, site.settings.notFoundInfo)) return { records: gathered.byStream(), rejected: [], ...times };
    throw refusalOf(site, called.answer, 'to look a customer up');
  }
  const rows = customersOf(site, called);
  const total = countOf(called.answer.root['total_count']) ?? rows.length;
  for (const row of rows) {
    const fits = isObject(row) ? filter.fits(row) : false;
    if (fits === null && total > MANY) {
      throw new ContractError('VENDOR_ANSWER', `${site.ctx.system}: VirtualPOS ignored the filter of a look-up`);
    }
    if (fits !== false) gather(gathered, row, idOf(row), site.settings.elements);
  }
  return { records: gathered.byStream(), rejected: gathered.rejected, ...times };
}

/** Looks the savings up by their key: the customer's whole unit. */
export async function findBonuses(site: Site, probe: Probe, signal: AbortSignal): Promise<Found> {
  const parts = splitBonusKey(probe.key ?? '');
  if (parts === null) throw new InvariantError('INVARIANT_BROKEN', 'savings are looked up by customer and programme');
  return findCustomers(site, { key: parts.customer }, signal);
}

function filterOf(site: Site, probe: Probe): Filter {
  if (probe.key !== undefined) {
    const id = probe.key;
    return { query: { id }, fits: (row) => idOf(row) === id };
  }
  if (probe.reference !== undefined) {
    const reference = probe.reference;
    return {
      query: { external_id: reference },
      // The sample answer does not show it.
      fits: (row) => (row['external_id'] === undefined ? null : text(row['external_id']) === reference),
    };
  }
  if (probe.phone !== undefined) {
    const wanted = national(probe.phone);
    const query = { phone: spellPhone(probe.phone, site.settings.phoneFilter) };
    // The field is free-form and may hold several numbers.
    return { query, fits: (row) => text(row['phone']).replace(/\D/g, '').includes(wanted) };
  }
  if (probe.email !== undefined) {
    const wanted = probe.email.trim().toLowerCase();
    return { query: { email: probe.email }, fits: (row) => text(row['email']).toLowerCase().includes(wanted) };
  }
  throw new InvariantError('INVARIANT_BROKEN', 'VirtualPOS looks customers up by key, reference, phone or e-mail');
}

function spellPhone(phone: string, form: 'international' | 'digits' | 'national'): string {
  if (form === 'international') return phone;
  return form === 'digits' ? phone.replace(/\D/g, '') : national(phone);
}

/** The last ten digits, which every spelling of a Russian number shares. */
function national(phone: string): string {
  return phone.replace(/\D/g, '').slice(-10);
}
