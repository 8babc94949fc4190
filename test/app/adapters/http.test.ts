import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createBudget } from '../../../app/adapters/budget.ts';
import { createHttp } from '../../../app/adapters/http.ts';
import { isPrivateHost } from '../../../app/adapters/private-address.ts';
import type { Http, HttpRequest } from '../../../core/context.ts';
import { ConfigError, ConnectionError, ContractError, TransientError, UncertainError } from '../../../core/errors.ts';
import { testClock } from '../../support/context.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

function http(options: { timeoutMs?: number; maxResponseBytes?: number; insecure?: boolean } = {}): Http {
  const clock = testClock();
  return createHttp({
    clock,
    timeoutMs: options.timeoutMs ?? 5000,
    maxResponseBytes: options.maxResponseBytes ?? 100_000,
    insecure: options.insecure ?? false,
    budget: createBudget({ clock, concurrency: 4 }),
  });
}

const never = new AbortController().signal;

async function failure(promise: Promise<unknown>): Promise<Error & { hint?: string }> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('expected a failure');
  return error;
}

describe('a call', () => {
  it('sends query, headers and form, and gives back status, lower-case headers and bytes', async () => {
    let seen = '';
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      request.on('end', () => {
        seen = `${request.method} ${request.url} ${request.headers['content-type']} ${request.headers['x-a']} ${body}`;
        response.writeHead(418, { 'X-Thing': 'yes' });
        response.end('да');
      });
    });
    const form: HttpRequest = {
      method: 'POST',
      url: `${url}/a b`,
      query: { q: 'п&1' },
      headers: { 'x-a': '1' },
      form: { name: 'Иван +', empty: '' },
    };
    const answer = await http().send(form, never);
    expect(seen).toBe('POST /a%20b?q=%D0%BF%261 application/x-www-form-urlencoded 1 name=%D0%98%D0%B2%D0%B0%D0%BD+%2B&empty=');
    expect(answer.status).toBe(418);
    expect(answer.headers['x-thing']).toBe('yes');
    expect(answer.body.toString()).toBe('да');
    expect(answer.ended).toBeGreaterThan(answer.began);

    await http().send({ method: 'PUT', url, json: '{"a":1}' }, never);
    expect(seen).toBe('PUT / application/json undefined {"a":1}');
    await http().send({ method: 'DELETE', url: `${url}/x` }, never);
    expect(seen).toBe('DELETE /x undefined undefined ');
  });

  it('unpacks gzip, follows no redirect and reuses the connection', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      if (request.url === '/go') response.writeHead(302, { location: '/there' }).end();
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked'));
    });
    const client = http();
    expect((await client.send({ method: 'GET', url }, never)).body.toString()).toBe('unpacked');
    expect((await client.send({ method: 'GET', url: `${url}/go` }, never)).status).toBe(302);
    expect(ports.size).toBe(1);
  });
});

describe('a failed call', () => {
  it('is a ConnectionError when nobody listens or no such host is known', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const refused = await failure(http().send({ method: 'GET', url, query: { apikey: 'top-secret' } }, never));
    expect(refused).toBeInstanceOf(ConnectionError);
    expect(refused.message).toContain('ECONNREFUSED');
    const unknown = await failure(http().send({ method: 'GET', url: 'https://nowhere.invalid/' }, never));
    expect(unknown).toBeInstanceOf(ConnectionError);
  });

  it('is a ConnectionError when TLS cannot be agreed: no request was sent yet', async () => {
    const url = await serve((_request, response) => response.end('plain'));
    const error = await failure(http().send({ method: 'POST', url: url.replace('http:', 'https:'), form: {} }, never));
    expect(error).toBeInstanceOf(ConnectionError);
  });

  it('is an UncertainError when the connection breaks, the answer is cut or late, or is no HTTP', async () => {
    const url = await serve((request, response) => {
      if (request.url?.startsWith('/reset')) request.socket.destroy();
      if (request.url?.startsWith('/cut')) {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      }
      // /late never answers.
    });
    for (const path of ['/reset', '/cut', '/late']) {
      const options = path === '/late' ? { timeoutMs: 50 } : {};
      const error = await failure(http(options).send({ method: 'POST', url: url + path, query: { apikey: 'top-secret' }, form: {} }, never));
      expect(error, path).toBeInstanceOf(UncertainError);
      expect(JSON.stringify([error.message, error.cause, error.hint])).not.toContain('top-secret');
      expect(error.message).toContain(path);
    }
    const noise = createTcpServer((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-hello\r\n'));
    });
    noise.listen(0, '127.0.0.1');
    await once(noise, 'listening');
    const port = (noise.address() as AddressInfo).port;
    const error = await failure(http().send({ method: 'GET', url: `http://127.0.0.1:${port}` }, never));
    noise.close();
    expect(error).toBeInstanceOf(UncertainError);
  });

  it('is a ContractError when the answer is too large, also unpacked', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)));
      else response.end(Buffer.alloc(200_000));
    });
    expect(await failure(http().send({ method: 'GET', url }, never))).toBeInstanceOf(ContractError);
    expect(await failure(http().send({ method: 'GET', url: `${url}/gzip` }, never))).toBeInstanceOf(ContractError);
    expect((await http({ maxResponseBytes: 200_000 }).send({ method: 'GET', url }, never)).body.length).toBe(200_000);
  });

  it('stopped in time was not sent; stopped later is uncertain', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort(new Error('stop')));
    const gone = AbortSignal.abort(new Error('stop'));
    const before = await failure(http().send({ method: 'POST', url, form: {} }, gone));
    expect(before).toBeInstanceOf(TransientError);
    expect(before).toMatchObject({ code: 'RUN_INTERRUPTED' });
    expect(await failure(http().send({ method: 'POST', url, form: {} }, controller.signal))).toBeInstanceOf(UncertainError);
  });
});

describe('plain http', () => {
  it('is refused to a public address unless the configuration says so', async () => {
    const request: HttpRequest = { method: 'GET', url: 'http://shop.example.com/api', query: { apikey: 'k' } };
    const error = await failure(http().send(request, never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).not.toContain('apikey');
    expect(await failure(http().send({ method: 'GET', url: 'ftp://127.0.0.1/' }, never))).toBeInstanceOf(ConfigError);
    expect(await failure(http().send({ method: 'GET', url: 'nonsense' }, never))).toBeInstanceOf(ConfigError);
  });

  it.each([
    ['127.0.0.1', true],
    ['192.168.3.4', true],
    ['172.15.0.1', false],
    ['172.31.0.1', true],
    ['8.8.8.8', false],
    ['[::1]', true],
    ['[fd00::1]', true],
    ['[2a00::1]', false],
    ['localhost', true],
    ['till', true],
    ['till.shop.local', true],
    ['local.example.com', false],
    ['10.0.0.1.example.com', false],
  ])('%s is private: %s', (host, expected) => {
    expect(isPrivateHost(host)).toBe(expected);
  });
});
