/** A request leaves only while its permit stands, however long the process stood still before. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createBudget } from '../../../app/adapters/budget.ts';
import { createHttp } from '../../../app/adapters/http.ts';
import type { Permit } from '../../../app/adapters/sending.ts';
import type { Http } from '../../../core/context.ts';
import { TransientError } from '../../../core/errors.ts';
import { testClock } from '../../support/context.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

const never = new AbortController().signal;

/** A vendor, and a permit that is lost whenever `lost` is set, which asking for it sets back unless another has it for good. */
async function withPermit(): Promise<{
  readonly http: Http;
  readonly url: string;
  readonly reached: string[];
  readonly is: { lost: boolean; gone: boolean; asked: number };
}> {
  const reached: string[] = [];
  const server = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => response.end('{}'));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const is = { lost: false, gone: false, asked: 0 };
  const permit: Permit = {
    stands: () => !is.lost,
    async ask() {
      is.asked += 1;
      // The first time it is there, and lost before the request leaves.
      if (is.asked === 1) return;
      if (is.gone) throw new TransientError('RUN_LEASE_LOST', 'another run has taken over');
      is.lost = false;
    },
  };
  const clock = testClock();
  const http = createHttp({ clock, timeoutMs: 5000, maxResponseBytes: 1000, insecure: false, budget: createBudget({ clock, concurrency: 4 }), permit });
  return { http, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached, is };
}

test('a permit that is lost before the connection stands lets nothing through', async () => {
  const { http, url, reached, is } = await withPermit();
  Object.assign(is, { lost: true, gone: true });
  await expect(http.send({ method: 'POST', url: `${url}/points`, json: '{"delta":1}' }, never)).rejects.toMatchObject({ code: 'RUN_LEASE_LOST' });
  expect(reached).toEqual([]);
  // Whatever was held back is gone with its connection.
  Object.assign(is, { lost: false, gone: false });
  await http.send({ method: 'GET', url: `${url}/after` }, never);
  expect(reached).toEqual(['GET /after']);
});

test('nor through a connection that stands already', async () => {
  const { http, url, reached, is } = await withPermit();
  await http.send({ method: 'GET', url: `${url}/before` }, never);
  Object.assign(is, { lost: true, gone: true, asked: 0 });
  await expect(http.send({ method: 'POST', url: `${url}/points`, json: '{"delta":1}' }, never)).rejects.toMatchObject({ code: 'RUN_LEASE_LOST' });
  expect(reached).toEqual(['GET /before']);
});

test('one that is given again is used, and the request is sent once', async () => {
  const { http, url, reached, is } = await withPermit();
  is.lost = true;
  expect((await http.send({ method: 'POST', url: `${url}/points`, form: { delta: '1' } }, never)).status).toBe(200);
  expect(reached).toEqual(['POST /points']);
  expect(is.asked).toBe(2);
});
