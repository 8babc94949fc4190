/** A page of customers: its rows, each read only where it is not known already. */
import type { HttpResponse } from '../../core/context.ts';
import type { Json, PullRequest } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { parseJson } from '../shared/json.ts';
import { type SlicedList, sliceDigests, sliceList } from '../shared/json-list.ts';
import { sliceXmlList } from '../shared/xml-list.ts';
import { type Called, called, isXml, refusalOf, type Site } from './calls.ts';
import type { PageRow } from './pass.ts';
import { idOf } from './rows.ts';
import { listOf } from './wire.ts';
import { parseXml } from './xml.ts';

/** Rows of an answer to `GET /api/customer`, whatever shape the list has. Throws `ContractError`, or by `refusalOf`. */
export function customersOf(site: Site, { answer }: Called): readonly Json[] {
  if (!answer.ok) throw refusalOf(site, answer, 'to give customers');
  const { customers } = answer.root;
  const rows = customers === undefined ? null : listOf(customers, 'customer');
  if (rows === null) throw new ContractError('VENDOR_ANSWER', `${site.ctx.system}: the answer has no list of customers`);
  return rows;
}

export interface ReadRows {
  readonly called: Called;
  readonly rows: readonly PageRow[];
}

/** The rows of an answer. Customers that `recognise` knows by their bytes are not parsed. */
export async function rowsOf(site: Site, response: HttpResponse, recognise: PullRequest['recognise']): Promise<ReadRows> {
  const list =
    response.status >= 400 ? null : isXml(site, response) ? sliceXmlList(response.body, 'customers', 'customer') : sliceList(response.body, 'customers');
  if (list === null) {
    const answer = called(site, response);
    return { called: answer, rows: customersOf(site, answer).map((row) => ({ id: idOf(row), row })) };
  }
  // Whatever decides what is read out of the same bytes.
  const basis = JSON.stringify([site.ctx.version, site.settings.elements]);
  const digests = sliceDigests(response.body, list.items, basis);
  const asked = list.items.map(({ id }, index) => ({ key: id, digest: digests[index] ?? '' }));
  const known = (await recognise?.('clients', asked)) ?? [];
  const answer = known.includes(true) ? readSlices(site, response, list, known) : readWhole(site, response);
  const rows = answer.rows.map((row, index): PageRow => {
    const slice = asked[index];
    if (row === null) return { id: slice?.key ?? null, row };
    // Only where both ways of reading mean the same row by the same id.
    const id = idOf(row);
    return slice !== undefined && answer.rows.length === asked.length && id === slice.key ? { id, row, digest: slice.digest } : { id, row };
  });
  return { called: answer.called, rows };
}

interface Answered {
  readonly called: Called;
  /** Null: known. */
  readonly rows: readonly (Json | null)[];
}

function readWhole(site: Site, response: HttpResponse): Answered {
  const answer = called(site, response);
  return { called: answer, rows: customersOf(site, answer) };
}

function readSlices(site: Site, response: HttpResponse, { envelope, items }: SlicedList, known: readonly boolean[]): Answered {
  const answer = called(site, { ...response, body: envelope });
  if (!answer.answer.ok) throw refusalOf(site, answer.answer, 'to give customers');
  const what = `${site.ctx.system}: VirtualPOS`;
  const form = isXml(site, response) ? 'xml' : 'json';
  const parse = form === 'xml' ? parseXml : parseJson;
  site.names.noteBytes(response.body, form);
  const rows = items.map(({ start, end }, index) => (known[index] === true ? null : parse({ ...response, body: response.body.subarray(start, end) }, what)));
  return { called: answer, rows };
}
