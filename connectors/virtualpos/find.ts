import type { Found, Json, Probe } from '../../core/contract.ts';
import { ContractError, InvariantError } from '../../core/errors.ts';
import { isObject, text } from '../shared/records.ts';
import { readCall, refusalOf, type Site, spell } from './calls.ts';
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
  /** Many may fit: further pages are read. */
  readonly list?: boolean;
}

/** Rows that a look-up of many reads at most. */
const MOST_ROWS = 5000;

/** More rows than this for one person's key mean that the filter was not applied. */
const MANY = 20;

/**
 * Looks customers up with their cards and bonuses (VirtualPOS API, Customer, reading by `id`, `external_id`, `phone`, `email`,
 * `with_phone`, `with_email`). A row that does not fit the probe is dropped: a filter the vendor ignores must not give a stranger.
 * Throws as a reading does.
 */
export async function findCustomers(site: Site, probe: Probe, signal: AbortSignal): Promise<Found> {
  const filter = filterOf(site, probe);
  const gathered = new Gathered();
  const met = new Set<string>();
  let read = 0;
  let began: number | null = null;
  for (let page = 1; ; page += 1) {
    const called = await readCall(site, { ...extras(site), ...filter.query, page: String(page), page_size: String(site.settings.pageSize) }, signal);
    began ??= called.began;
    const found = (cut: boolean): Found => ({
      records: gathered.byStream(),
      rejected: gathered.rejected,
      ...(cut ? { cut } : {}),
      began: began ?? called.began,
      ended: called.ended,
    });
    if (!called.answer.ok) {
      if (speaksOf(called.answer.info, site.settings.notFoundInfo)) return found(false);
      throw refusalOf(site, called.answer, 'to look a customer up');
    }
    const rows = customersOf(site, called);
    const total = countOf(called.answer.root['total_count']) ?? rows.length;
    const before = met.size;
    for (const row of rows) addFitting(site, gathered, filter, met, row, total);
    read += rows.length;
    // Past the end some systems give the last page again.
    const end = filter.list !== true || rows.length === 0 || met.size === before || read >= total;
    if (end || read >= MOST_ROWS) return found(filter.list === true && read < total && met.size > before);
  }
}

/** Takes a row in that fits and was not met before; `met` are the ids of all rows. */
function addFitting(site: Site, into: Gathered, filter: Filter, met: Set<string>, row: Json, total: number): void {
  const id = idOf(row);
  const name = id ?? JSON.stringify(row);
  if (met.has(name)) return;
  met.add(name);
  const fits = isObject(row) ? filter.fits(row) : false;
  if (fits === null && total > MANY) throw new ContractError('VENDOR_ANSWER', `${site.ctx.system}: VirtualPOS ignored the filter of a look-up`);
  if (fits !== false) gather(into, row, id, site.settings.elements);
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
  if (probe.hasPhone !== undefined || probe.hasEmail !== undefined) return listFilter(site, probe);
  throw new InvariantError('INVARIANT_BROKEN', 'VirtualPOS looks customers up by key, reference, phone, e-mail, or by having one of these');
}

/** Both filters take `true` and `false`, in the spelling of the vendor's page. */
function listFilter({ settings }: Site, { hasPhone, hasEmail }: Probe): Filter {
  const fits = (row: Row, name: string, wanted: boolean | undefined): boolean => wanted === undefined || (text(row[name]).trim() !== '') === wanted;
  return {
    query: {
      ...(hasPhone === undefined ? {} : { with_phone: spell(settings, hasPhone) }),
      ...(hasEmail === undefined ? {} : { with_email: spell(settings, hasEmail) }),
    },
    fits: (row) => fits(row, 'phone', hasPhone) && fits(row, 'email', hasEmail),
    list: true,
  };
}

function spellPhone(phone: string, form: 'international' | 'digits' | 'national'): string {
  if (form === 'international') return phone;
  return form === 'digits' ? phone.replace(/\D/g, '') : national(phone);
}

/** The last ten digits, which every spelling of a Russian number shares. */
function national(phone: string): string {
  return phone.replace(/\D/g, '').slice(-10);
}
