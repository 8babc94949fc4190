/** Answers that mean harm, over real sockets: each is refused in plain words, and no secret goes to a stranger. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { lotinfo } from '../../connectors/lotinfo/index.ts';
import { virtualpos } from '../../connectors/virtualpos/index.ts';
import { vodyanoy } from '../../connectors/vodyanoy/index.ts';
import type { Connector, PushOperation, System } from '../../core/contract.ts';
import { ConnectionError, ContractError } from '../../core/errors.ts';
import { sverka } from '../cli/support.ts';
import { failureOf, operation, pushAll, readAll, streamOf, textOf } from '../connectors/kit.ts';
import { hasOpenssl, makeCertificates } from '../support/certificates.ts';
import { type TestContext, testContext } from '../support/context.ts';

const SECRET = 'the-secret-of-this-test';
const PERSON = 'Тайноимённый';
const never = new AbortController().signal;
const servers: Server[] = [];

interface Seen {
  readonly url: string;
  readonly requests: IncomingMessage[];
}

async function listen(server: Server, scheme: 'http' | 'https', listener: RequestListener): Promise<Seen> {
  const requests: IncomingMessage[] = [];
  server.on('request', (request, response) => {
    requests.push(request);
    listener(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `${scheme}://localhost:${(server.address() as AddressInfo).port}`, requests };
}

const serve = (listener: RequestListener): Promise<Seen> => listen(createServer(), 'http', listener);

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

interface Vendor {
  readonly connector: Connector;
  readonly settings: (url: string) => unknown;
  readonly write: PushOperation;
}

const create = (fields: PushOperation['fields']): PushOperation => operation({ action: 'create', fields });
const VENDORS: Readonly<Record<string, Vendor>> = {
  'VirtualPOS in JSON': { connector: virtualpos, settings: (url) => ({ url, apikey: SECRET }), write: create({ lname: PERSON }) },
  'VirtualPOS in XML': {
    connector: virtualpos,
    settings: (url) => ({ url, apikey: SECRET, format: 'xml', readMethod: 'POST' }),
    write: create({ lname: PERSON }),
  },
  Lotinfo: { connector: lotinfo, settings: (url) => ({ url: `${url}/v1/`, token: SECRET, code: '101010' }), write: create({ fioF: PERSON }) },
  'Vodyanoy, token in a header': { connector: vodyanoy, settings: (url) => ({ url, token: SECRET }), write: create({ naimenovanie: PERSON }) },
  'Vodyanoy, token in the query': { connector: vodyanoy, settings: (url) => ({ url, token: SECRET, auth: 'query' }), write: create({ naimenovanie: PERSON }) },
};

function open({ connector, settings }: Vendor, url: string, ctx: TestContext = testContext()): System {
  return connector.open(connector.settings.parse(settings(url)), ctx);
}

function expectSilent(ctx: TestContext, ...errors: unknown[]): void {
  const said = [JSON.stringify(ctx.lines), ...errors.map(textOf)].join('\n');
  expect(said).not.toContain(SECRET);
  expect(said).not.toContain(PERSON);
}

const readingOf = (system: System): string => system.readings[0]?.name ?? '';

describe.each(Object.entries(VENDORS))('%s', (_name, vendor) => {
  it.each([301, 302, 303, 307, 308])('a redirect (%i) to another host is not followed, in a reading or a write', async (status) => {
    const stranger = await serve((_request, response) => response.end('{}'));
    const { url } = await serve((_request, response) => response.writeHead(status, { location: `${stranger.url}/steal?apikey=${SECRET}` }).end());
    const ctx = testContext();
    const system = open(vendor, url, ctx);
    const reading = await readAll(system, readingOf(system));
    expect(reading.error).toBeInstanceOf(ContractError);
    expect(reading.error).toMatchObject({
      code: 'VENDOR_REDIRECT',
      message: expect.stringContaining('a redirect, which is never followed'),
      hint: expect.stringContaining('address'),
    });
    const results = await pushAll(streamOf(system, 'clients'), [vendor.write]);
    expect(results).toMatchObject([{ outcome: { kind: status === 303 ? 'unknown' : 'unsent', trouble: { code: 'VENDOR_REDIRECT' } } }]);
    expect(stranger.requests).toEqual([]);
    expectSilent(ctx, reading.error, JSON.stringify(results));
  });

  it('a body of 200 MB is left at the limit: the vendor is told to stop, and memory stays small', async () => {
    const piece = Buffer.alloc(1024 * 1024, '{"customers":[');
    let sent = 0;
    const { url } = await serve((_request, response) => {
      const more = (): void => {
        while (sent < 200 && response.writable) {
          sent += 1;
          if (!response.write(piece)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const ctx = testContext({ maxResponseBytes: 8 * 1024 * 1024 });
    const system = open(vendor, url, ctx);
    const { error } = await readAll(system, readingOf(system));
    expect(error).toBeInstanceOf(ContractError);
    expect(error).toMatchObject({ code: 'VENDOR_TOO_LARGE', hint: expect.stringContaining('maxResponseMb') });
    expect(sent).toBeLessThan(100);
    expectSilent(ctx, error);
  });

  it.skipIf(!hasOpenssl)('a certificate of an unknown authority gets no request', async () => {
    const certificates = makeCertificates();
    try {
      const server = createTlsServer(certificates.issue('localhost'));
      const { url, requests } = await listen(server, 'https', (_request, response) => response.end('{}'));
      const ctx = testContext();
      const system = open(vendor, url, ctx);
      const error = await failureOf(system.check(never));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code: 'VENDOR_CERTIFICATE', message: expect.stringContaining('nothing was sent') });
      const results = await pushAll(streamOf(system, 'clients'), [vendor.write]);
      expect(results).toMatchObject([{ outcome: { kind: 'unsent', trouble: { code: 'VENDOR_CERTIFICATE' } } }]);
      expect(requests).toEqual([]);
      expectSilent(ctx, error, JSON.stringify(results));
    } finally {
      certificates.remove();
    }
  });
});

// Node reads NODE_EXTRA_CA_CERTS when it starts: the built command in dist/ is run.
describe.skipIf(!hasOpenssl)('a certificate of a known authority', () => {
  it.each([
    ['that fits is taken', 'localhost', true],
    ['for another host gets no request, whatever NODE_TLS_REJECT_UNAUTHORIZED says', 'another.example', false],
  ])('%s', async (_name, host, fits) => {
    const certificates = makeCertificates();
    const directory = mkdtempSync(join(tmpdir(), 'sverka-tls-'));
    try {
      const server = createTlsServer(certificates.issue(host));
      const { url, requests } = await listen(server, 'https', (_request, response) => response.end('{"success":1,"customers":[],"total_count":0}'));
      writeFileSync(
        join(directory, 'sverka.yaml'),
        `store: { sqlite: ./s.db }\nsystems:\n  shop: { vendor: virtualpos, settings: { url: "${url}", apikey: { env: KEY } } }\npolicies: { authority: [shop] }\n`,
      );
      const env = { KEY: SECRET, NODE_EXTRA_CA_CERTS: certificates.ca, ...(fits ? {} : { NODE_TLS_REJECT_UNAUTHORIZED: '0' }) };
      const { code, stdout, stderr } = await sverka(['doctor'], { cwd: directory, env });
      expect(requests.length > 0).toBe(fits);
      expect(stdout + stderr).not.toContain(SECRET);
      if (!fits) {
        expect(code).not.toBe(0);
        expect(stdout + stderr).toContain('certificate');
        expect(stdout + stderr).toContain('NODE_EXTRA_CA_CERTS');
      } else expect(stdout + stderr).not.toContain('certificate');
    } finally {
      rmSync(directory, { recursive: true, force: true });
      certificates.remove();
    }
  });
});

describe('XML that means harm', () => {
  const vendor = VENDORS['VirtualPOS in XML'] as Vendor;
  const row = `<customer><id>1</id><lname>${PERSON}</lname><cards><card><id>7</id><uid>700</uid></card></cards><email/></customer>`;
  const page = `<?xml version="1.0" encoding="UTF-8"?>\n<root><success>1</success><count>1</count><customers>${row}</customers><total_count>1</total_count></root>`;
  const readXml = async (body: string) => {
    const { url } = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(body));
    const ctx = testContext();
    const system = open(vendor, url, ctx);
    return { ctx, reading: await readAll(system, readingOf(system)) };
  };

  const laughs = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join('');
  it.each([
    ['a billion laughs', `<?xml version="1.0"?><!DOCTYPE root [<!ENTITY l0 "ha">${laughs}]>${page.slice(page.indexOf('<root>')).replace(PERSON, '&l9;')}`],
    [
      'an external entity',
      `<?xml version="1.0"?><!DOCTYPE root [<!ENTITY x SYSTEM "file:///etc/passwd">]>${page.slice(page.indexOf('<root>')).replace(PERSON, '&x;')}`,
    ],
    ['an entity that nobody declared', page.replace(PERSON, '&l9;')],
    ['a hundred thousand levels', `<root><success>1</success>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</root>`],
  ])('%s is refused at once', async (_name, body) => {
    const { ctx, reading } = await readXml(body);
    expect(reading.error).toBeInstanceOf(ContractError);
    expect(String(reading.error)).toMatch(/DOCTYPE|broken document|nested too deeply/);
    expect(reading.batches).toEqual([]);
    expectSilent(ctx, reading.error);
  });

  it('a document cut between tags, wherever that is, is never taken for a page', async () => {
    expect((await readXml(page)).reading).toMatchObject({ error: null, complete: 'snapshot' });
    for (let at = page.indexOf('>') + 1; at < page.length; at = page.indexOf('>', at) + 1) {
      const { ctx, reading } = await readXml(page.slice(0, at));
      expect(reading.error, `cut at ${at}`).toBeInstanceOf(ContractError);
      expect(reading.batches).toEqual([]);
      expectSilent(ctx, reading.error);
      if (page.indexOf('>', at) < 0) break;
    }
  });
});

describe('a reading by POST', () => {
  it('has the key in the body and never in the address, and what must stand in the query there', async () => {
    const bodies: string[] = [];
    const { url, requests } = await serve((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      request.on('end', () => {
        bodies.push(body);
        response.end('<root><success>1</success><customers><customer><id>7</id></customer></customers><total_count>1</total_count></root>');
      });
    });
    const system = open(VENDORS['VirtualPOS in XML'] as Vendor, url);
    await readAll(system, readingOf(system));
    await streamOf(system, 'clients').find?.({ key: '7' }, never);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    for (const [index, request] of requests.entries()) {
      expect(request.url).not.toContain(SECRET);
      expect(bodies[index]).toContain(`apikey=${SECRET}`);
    }
    expect(requests[1]?.url).toContain('id=7');
  });
});
