/** Listening at an address that another process holds: asked again and again, a server keeps nothing of what was in vain. */
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { bind, isInUse } from '../../../app/adapters/bind.ts';
import { freePort } from '../../support/free-port.ts';

it('can be tried until the address is free', async () => {
  const place = { host: '127.0.0.1', port: await freePort() };
  const [holder, next] = [createServer(), createServer()];
  await bind(holder, 'holder', place);
  const before = next.listenerCount('listening') + next.listenerCount('error');
  for (let n = 0; n < 3; n += 1) expect(isInUse(await bind(next, 'next', place).catch((error: unknown) => error))).toBe(true);
  expect(next.listenerCount('listening') + next.listenerCount('error')).toBe(before);
  await new Promise((resolve) => holder.close(resolve));
  await bind(next, 'next', place);
  expect(next.address()).toMatchObject({ port: place.port });
  await new Promise((resolve) => next.close(resolve));
});
