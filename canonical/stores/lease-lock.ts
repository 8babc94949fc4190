/** Works on the store without leaving a trace in its lease: the row is locked for as long as the transaction lasts. */
import { StoreError } from '../../core/errors.ts';
import type { Db } from '../db.ts';
import { dialectOf } from '../dialect.ts';

/**
 * Keeps runs away until the transaction ends. Throws `RUN_LOCKED` when one is at work. Where a holder never gave the lease back, its
 * token is made void: it must not go on with what it began before.
 */
export async function lockLease(trx: Db, name: string, owner: { isGone(name: string): boolean }, now: number): Promise<void> {
  const query = trx('leases').where({ name }).select('owner', 'token', 'expires_at');
  const [row] = dialectOf(trx).kind === 'mysql' ? await query.forUpdate() : await query;
  if (row === undefined) return;
  const expires = Number(row.expires_at);
  if (expires > now && !owner.isGone(String(row.owner))) {
    const until = new Date(expires).toISOString();
    throw new StoreError('RUN_LOCKED', `a run works on this store: ${row.owner}, until ${until} unless it goes on`);
  }
  if (expires > 0)
    await trx('leases')
      .where({ name })
      .update({ token: Number(row.token) + 1, expires_at: 0 });
}
