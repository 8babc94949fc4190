/** Leases: who works on the store, or on a job. */

import { InvariantError, StoreError } from '../../core/errors.ts';
import type { Db } from '../db.ts';

/** A process that may hold leases. */
export interface Holder {
  readonly name: string;
  isGone(name: string): boolean;
}

/**
 * Takes a lease for `ttlMs`, or throws `RUN_LOCKED` with who holds it. A holder that is certainly gone is not waited for. Returns
 * the fencing token.
 */
export async function takeLease(db: Db, name: string, owner: Holder, now: number, ttlMs: number): Promise<number> {
  const holder = async (): Promise<{ owner: string; token: number; expires_at: number } | undefined> =>
    db('leases').where({ name }).first('owner', 'token', 'expires_at');
  // The first may be two at one time: the row is made free, and then taken like any other. `merge` locks a row that is there already
  // as the update below will: with two that only read it, each would wait for the other.
  if ((await holder()) === undefined) await db('leases').insert({ name, owner: '', token: 0, expires_at: 0 }).onConflict('name').merge(['name']);
  const row = await holder();
  if (row === undefined) throw new InvariantError('INVARIANT_BROKEN', `the lease ${name} is gone while it is taken`);
  const free = owner.isGone(String(row.owner)) ? Number.MAX_SAFE_INTEGER : now;
  const taken = await db('leases')
    .where({ name, token: row.token })
    .where('expires_at', '<=', free)
    .update({ owner: owner.name, token: Number(row.token) + 1, expires_at: now + ttlMs });
  if (taken === 0) {
    throw new StoreError(
      'RUN_LOCKED',
      `another run works on this store: ${row.owner}, until ${new Date(Number(row.expires_at)).toISOString()} unless it goes on`,
    );
  }
  return Number(row.token) + 1;
}

/** Holds on to a lease; to be called in the transaction of every effect. Throws `RUN_LEASE_LOST` when another has taken it. */
export async function keepLease(db: Db, name: string, token: number, now: number, ttlMs: number): Promise<void> {
  const kept = await db('leases')
    .where({ name, token })
    .update({ expires_at: now + ttlMs });
  if (kept === 1) return;
  const row = await db('leases').where({ name }).first('token');
  if (row === undefined || Number(row.token) !== token) throw new StoreError('RUN_LEASE_LOST', 'another run has taken over');
}

/** Gives a lease back. The token goes with it: an effect that still is on its way when a run was stopped must not hold on to it again. */
export async function releaseLease(db: Db, name: string, token: number): Promise<void> {
  await db('leases')
    .where({ name, token })
    .update({ expires_at: 0, token: token + 1 });
}

/** Whether a run works on the store now, and whose: nothing is started before it has ended. */
export async function storeHolder(db: Db, owner: Holder, now: number): Promise<string | null> {
  const row = await db('leases').where({ name: 'store' }).first('owner', 'expires_at');
  if (row === undefined || Number(row.expires_at) <= now || owner.isGone(String(row.owner))) return null;
  return String(row.owner);
}
