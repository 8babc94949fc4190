/** Operations of entities that are no more. */
import type { Db } from '../db.ts';
import type { FoldedKind } from './entities.ts';
import { OPEN_STATES, UNDER_WAY } from './operations.ts';
import { selectIn } from './select.ts';

const WAITING = OPEN_STATES.filter((state) => !UNDER_WAY.includes(state));

/**
 * Withdraws what waits to be done for entities that went up in others at `now` (UTC ms): it is planned for those. Nobody plans for an entity that
 * is no more, so its operations would wait for ever, and an approved create would bring a person a second time.
 */
export async function withdrawOf(db: Db, kind: FoldedKind, entityIds: readonly number[], now: number): Promise<void> {
  const kinds = kind === 'client' ? ['client', 'account'] : [kind];
  for (const entity of kinds) {
    const rows = await selectIn<{ id: number; state: string }>(db, 'operations', ['id', 'state'], 'entity_id', entityIds, { entity });
    const ids = rows.filter(({ state }) => WAITING.some((one) => one === state)).map(({ id }) => id);
    for (let at = 0; at < ids.length; at += 500)
      await db('operations')
        .whereIn('id', ids.slice(at, at + 500))
        .update({ state: 'withdrawn', why: `the ${kind} went up in another one`, needs_person: 0, changed_at: now });
  }
}
