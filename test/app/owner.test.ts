import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { processOwner } from '../../app/adapters/owner.ts';
import { keepLease, releaseLease, takeLease } from '../../canonical/stores/leases.ts';
import { describeStores } from '../support/stores.ts';

const TTL = 600_000;

/** The number of a process that has ended. */
function endedPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('the owner of a lease', () => {
  it('knows that a process of this host is gone, and claims nothing of others', () => {
    const owner = processOwner();
    expect(owner.isGone(`${hostname()}/${endedPid()}/0a1b2c3d`)).toBe(true);
    expect(owner.isGone(owner.name)).toBe(false);
    expect(owner.isGone(`${hostname()}/${process.ppid}/0a1b2c3d`)).toBe(false);
    expect(owner.isGone(`another-host/${endedPid()}/0a1b2c3d`)).toBe(false);
    expect(owner.isGone('something else')).toBe(false);
  });
});

describeStores('leases', (openFresh) => {
  it('keep a second run out, until released, expired, or their holder is gone', async () => {
    const { db } = await openFresh();
    const mine = processOwner();
    const first = await takeLease(db, 'store', mine, 1000, TTL);
    await expect(takeLease(db, 'store', processOwner(), 2000, TTL)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    await releaseLease(db, 'store', first);
    // An effect that was still on its way does not take it back.
    await expect(keepLease(db, 'store', first, 2500, TTL)).rejects.toMatchObject({ code: 'RUN_LEASE_LOST' });
    const dead = { name: `${hostname()}/${endedPid()}/0a1b2c3d`, isGone: () => false };
    const second = await takeLease(db, 'store', dead, 3000, TTL);
    expect(second).toBeGreaterThan(first);
    const third = await takeLease(db, 'store', mine, 4000, TTL);
    expect(third).toBeGreaterThan(second);
    expect(await takeLease(db, 'store', { name: 'x', isGone: () => false }, 4000 + TTL, TTL)).toBeGreaterThan(third);
  });
});
