/**
 * A process of its own that answers like the VirtualPOS API with pages made beforehand, so that it costs next to nothing
 * while a contestant is measured. Usage: `vendor.js N SEED`; prints its port.
 */
import { createServer, type ServerResponse } from 'node:http';
import { addFacts, type Customer, customer, type Facts, type Generation, NO_FACTS } from './customers.ts';

const PAGE_SIZE = 200;

class Vendor {
  readonly total: number;
  readonly seed: number;
  generation: Generation = 1;
  facts: Facts = NO_FACTS;
  private pages: Buffer[] = [];

  constructor(total: number, seed: number) {
    this.total = total;
    this.seed = seed;
    this.become(1);
  }

  /** Makes all pages of a generation; only one generation is kept. */
  become(generation: Generation): void {
    if (this.pages.length > 0 && this.generation === generation) return;
    this.generation = generation;
    this.facts = NO_FACTS;
    this.pages = [];
    for (let page = 1; (page - 1) * PAGE_SIZE < this.total; page += 1) {
      const rows = this.rows(page, PAGE_SIZE);
      rows.forEach((row, at) => {
        this.facts = addFacts(this.facts, row, (page - 1) * PAGE_SIZE + at);
      });
      this.pages.push(this.body(rows, page, PAGE_SIZE));
    }
  }

  page(query: URLSearchParams): Buffer {
    const number = Number(query.get('page') ?? 1);
    const size = Math.min(PAGE_SIZE, Number(query.get('page_size') ?? PAGE_SIZE));
    const whole = query.get('cards') === 'true' && query.get('bonuses') === 'true' && !query.has('id');
    const ready = whole && size === PAGE_SIZE ? this.pages[number - 1] : undefined;
    if (ready !== undefined) return ready;
    const id = query.get('id');
    const rows = id === null ? this.rows(number, size) : this.one(Number(id) - 1);
    return this.body(whole || id !== null ? rows : rows.map((row) => bare(row, query)), number, size);
  }

  private rows(page: number, size: number): Customer[] {
    const from = (page - 1) * size;
    const count = Math.max(0, Math.min(size, this.total - from));
    return Array.from({ length: count }, (_, at) => customer(from + at, this.seed, this.generation));
  }

  private one(index: number): Customer[] {
    return index >= 0 && index < this.total ? [customer(index, this.seed, this.generation)] : [];
  }

  private body(rows: readonly object[], page: number, size: number): Buffer {
    return Buffer.from(
      JSON.stringify({
        success: '1',
        type: 'customer',
        count: String(rows.length),
        customers: rows,
        page: String(page),
        page_size: String(size),
        total_count: String(this.total),
      }),
    );
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

function answer(response: ServerResponse, body: Buffer): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', body.length);
  response.end(body);
}

const vendor = new Vendor(Number(process.argv[2]), Number(process.argv[3]));
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor');
  if (url.pathname === '/api/customer') return answer(response, vendor.page(url.searchParams));
  if (url.pathname === '/admin/generation') vendor.become(url.searchParams.get('to') === '2' ? 2 : 1);
  else if (url.pathname !== '/admin/facts') response.statusCode = 404;
  answer(response, Buffer.from(JSON.stringify(vendor.facts)));
});
// A contestant may leave its connections idle while it writes.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
