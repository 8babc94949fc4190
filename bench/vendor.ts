/**
 * A process of its own that answers like the VirtualPOS API with pages made beforehand, so that it costs next to nothing
 * while a contestant is measured. Usage: `vendor.js N SEED FORMATS ANSWER_MS`, formats `json` or `json,xml`; prints its port.
 */
import { createServer, type ServerResponse } from 'node:http';
import { addFacts, type Customer, customer, type Facts, type Generation, NO_FACTS } from './customers.ts';

const PAGE_SIZE = 200;

type Format = 'json' | 'xml';

class Vendor {
  readonly total: number;
  readonly seed: number;
  generation: Generation = 1;
  facts: Facts = NO_FACTS;
  private readonly formats: readonly Format[];
  private pages: ReadonlyMap<Format, Buffer[]> = new Map();

  constructor(total: number, seed: number, formats: readonly Format[]) {
    this.total = total;
    this.seed = seed;
    this.formats = formats;
    this.become(1);
  }

  /** Makes all pages of a generation; only one generation is kept. */
  become(generation: Generation): void {
    if (this.pages.size > 0 && this.generation === generation) return;
    this.generation = generation;
    this.facts = NO_FACTS;
    const pages = new Map(this.formats.map((format) => [format, [] as Buffer[]]));
    this.pages = pages;
    for (let page = 1; (page - 1) * PAGE_SIZE < this.total; page += 1) {
      const rows = this.rows(page, PAGE_SIZE);
      rows.forEach((row, at) => {
        this.facts = addFacts(this.facts, row, (page - 1) * PAGE_SIZE + at);
      });
      for (const [format, list] of pages) list.push(this.body(format, rows, page, PAGE_SIZE));
    }
  }

  page(format: Format, query: URLSearchParams): Buffer {
    const number = Number(query.get('page') ?? 1);
    const size = Math.min(PAGE_SIZE, Number(query.get('page_size') ?? PAGE_SIZE));
    const whole = query.get('cards') === 'true' && query.get('bonuses') === 'true' && !query.has('id');
    const ready = whole && size === PAGE_SIZE ? this.pages.get(format)?.[number - 1] : undefined;
    if (ready !== undefined) return ready;
    const id = query.get('id');
    const rows = id === null ? this.rows(number, size) : this.one(Number(id) - 1);
    return this.body(format, whole || id !== null ? rows : rows.map((row) => bare(row, query)), number, size);
  }

  private rows(page: number, size: number): Customer[] {
    const from = (page - 1) * size;
    const count = Math.max(0, Math.min(size, this.total - from));
    return Array.from({ length: count }, (_, at) => customer(from + at, this.seed, this.generation));
  }

  private one(index: number): Customer[] {
    return index >= 0 && index < this.total ? [customer(index, this.seed, this.generation)] : [];
  }

  private body(format: Format, rows: readonly object[], page: number, size: number): Buffer {
    const answer = {
      success: '1',
      type: 'customer',
      count: String(rows.length),
      customers: rows,
      page: String(page),
      page_size: String(size),
      total_count: String(this.total),
    };
    return Buffer.from(format === 'json' ? JSON.stringify(answer) : `<?xml version="1.0" encoding="UTF-8"?>\n<root>\n${elements(answer)}</root>\n`);
  }
}

function bare(row: Customer, query: URLSearchParams): object {
  const { cards, bonuses, ...rest } = row;
  return {
    ...rest,
    ...(query.get('cards') === 'true' ? { cards } : {}),
    ...(query.get('bonuses') === 'true' ? { bonuses } : {}),
  };
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const ITEMS: Readonly<Record<string, string>> = { customers: 'customer', cards: 'card', bonuses: 'bonus' };

/** Elements one below the other, as the samples of the vendor's page show them; what is empty as an empty element. */
function elements(of: object): string {
  let text = '';
  for (const [name, value] of Object.entries(of) as [string, string | readonly object[]][]) {
    const inner =
      typeof value === 'string'
        ? value.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? '')
        : value.map((item) => `<${ITEMS[name]}>\n${elements(item)}</${ITEMS[name]}>\n`).join('');
    if (inner === '') text += `<${name}/>\n`;
    else text += typeof value === 'string' ? `<${name}>${inner}</${name}>\n` : `<${name}>\n${inner}</${name}>\n`;
  }
  return text;
}

function answer(response: ServerResponse, format: Format, body: Buffer): void {
  response.setHeader('content-type', format === 'json' ? 'application/json; charset=utf-8' : 'text/xml; charset=utf-8');
  response.setHeader('content-length', body.length);
  response.end(body);
}

const [total, seed, formats = 'json', answerMs = '0'] = process.argv.slice(2);
const vendor = new Vendor(Number(total), Number(seed), formats.split(',') as Format[]);
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor');
  if (url.pathname === '/api/customer') {
    const format = url.searchParams.get('format') === 'xml' ? 'xml' : 'json';
    const send = (): void => answer(response, format, vendor.page(format, url.searchParams));
    if (answerMs === '0') send();
    else setTimeout(send, Number(answerMs));
    return;
  }
  if (url.pathname === '/admin/generation') vendor.become(url.searchParams.get('to') === '2' ? 2 : 1);
  else if (url.pathname !== '/admin/facts') response.statusCode = 404;
  answer(response, 'json', Buffer.from(JSON.stringify(vendor.facts)));
});
// A contestant may leave its connections idle while it writes.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
