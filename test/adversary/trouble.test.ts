/** A vendor in trouble: a clear error, the others go on, and when it is over nothing is missing. */
import { expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { describeStores } from '../support/stores.ts';
import type { World } from '../support/world.ts';
import { problems, SYSTEM, seed, sizes, VENDORS, type Vendor, withWorld } from './bad-input-kit.ts';

/** The named system has the problem, the others hold all that the others know, and once the trouble is over all is mended. */
async function suffers(world: World, vendor: Vendor, code: string | RegExp, mend: () => Promise<void> | void): Promise<void> {
  const bad = await world.sync();
  expect(bad.state).toBe('failed');
  expect(bad.problems.length).toBeGreaterThan(0);
  for (const problem of bad.problems) {
    expect(problem.system).toBe(SYSTEM[vendor]);
    expect(problem.code).toMatch(code);
    expect(problem.message).not.toBe('');
    expect(problem.hint).not.toBe('');
  }
  const at = VENDORS.indexOf(vendor);
  expect(sizes(world).filter((_size, index) => index !== at)).toEqual([3, 3, 3]);
  expect(sizes(world)[at]).toBe(1);
  await mend();
  const good = await world.sync();
  expect(problems(good)).toEqual([]);
  expect(sizes(world)).toEqual([4, 4, 4, 4]);
  const writes = world.writes();
  expect((await world.sync()).problems).toEqual([]);
  expect(world.writes() - writes).toBe(0);
}

describeStores('a vendor in trouble', (openFresh) => {
  const faults: [string, Fault, RegExp][] = [
    ['answers HTML', { kind: 'html', times: Infinity }, /^VENDOR_ANSWER$/],
    ['gives half a body', { kind: 'truncate', times: Infinity }, /^VENDOR_(ANSWER|LOST_ANSWER|UNREACHABLE)$/],
    ['gives half a body with its own length', { kind: 'truncate', clean: true, times: Infinity }, /^VENDOR_ANSWER$/],
    ['fails with 503', { kind: 'status', status: 503, times: Infinity }, /^VENDOR_BUSY$/],
    ['is busy for an hour', { kind: 'status', status: 429, retryAfterSeconds: 3600, times: Infinity }, /^VENDOR_BUSY$/],
    ['cuts connections', { kind: 'reset-before', times: Infinity }, /^VENDOR_(LOST_ANSWER|UNREACHABLE)$/],
    ['refuses us', { kind: 'status', status: 401, times: Infinity }, /^VENDOR_REFUSED$/],
  ];
  for (const vendor of VENDORS) {
    // Every fault meets two vendors; the store has little to do with it, so the other database sees one fault of each vendor.
    const at = VENDORS.indexOf(vendor);
    const chosen = faults.filter((_fault, index) => (openFresh.kind === 'sqlite' ? (index + at) % 2 === 0 : index === at));
    it.each(chosen)(`${vendor} %s`, async (_name, fault, code) => {
      await withWorld(await openFresh(), async (world) => {
        seed(world);
        const { faults: planned } = world.sandbox[vendor];
        planned.add(fault);
        await suffers(world, vendor, code, () => planned.clear());
      });
    });

    it(`${vendor} cannot be reached`, async () => {
      await withWorld(await openFresh(), async (world) => {
        seed(world);
        const { machine, port } = world.sandbox[vendor];
        await machine.stop();
        await suffers(world, vendor, /^VENDOR_UNREACHABLE$/, async () => void (await machine.start(port)));
      });
    });
  }

  it.each([['success-0'], ['403']] as const)('a wrong key of VirtualPOS, told by %s', async (wrongKey) => {
    await withWorld(await openFresh(), async (world) => {
      seed(world);
      const { options } = world.sandbox.virtualpos.machine;
      const { apikey } = options;
      Object.assign(options, { wrongKey, apikey: 'another' });
      await suffers(world, 'virtualpos', /^VENDOR_REFUSED$/, () => void Object.assign(options, { apikey }));
    });
  });

  it.each([[400], [200]] as const)('a wrong token of Lotinfo, told at HTTP %i', async (errorStatus) => {
    await withWorld(await openFresh(), async (world) => {
      seed(world);
      const { options } = world.sandbox.lotinfo.machine;
      const { token } = options;
      Object.assign(options, { errorStatus, token: 'another' });
      await suffers(world, 'lotinfo', /^VENDOR_REFUSED$/, () => void Object.assign(options, { token }));
    });
  });
});
