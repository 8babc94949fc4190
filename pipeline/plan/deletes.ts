/** Deletions that go on to other systems: gone in one for certain, so gone where the policy says that it follows. */
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { linksOfEntities, tombstonesOf } from '../../canonical/stores/links.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import type { Draft } from './draft.ts';
import type { PlanTarget } from './target.ts';

/** Deletes of records here whose entity was deleted in another system. Nothing is deleted where the stream's own policy does not say `propagate`. */
export async function planDeletes(target: PlanTarget, kind: FoldedKind, ids: readonly number[]): Promise<Draft[]> {
  const { engine, system, stream, port } = target;
  if (!port.capabilities.delete || system.policies.get(stream)?.delete !== 'propagate') return [];
  const graves = (await tombstonesOf(engine.store.db, kind, ids)).filter((row) => row.system_id !== system.id);
  if (graves.length === 0) return [];
  const links = await linksOfEntities(engine.store.db, kind, [...new Set(graves.map((row) => row.entity_id))]);
  const entityOf = new Map(links.map((link) => [link.record_id, link.entity_id]));
  const known = await loadRecords(engine.store.db, [...entityOf.keys()]);
  // Come back, or entered there again under another key: it is not gone.
  const there = new Set(known.filter((row) => row.state !== 'deleted').map((row) => `${entityOf.get(row.id)}:${row.system_id}:${row.stream}`));
  const rows = known.filter((row) => row.system_id === system.id && row.stream === stream && row.state === 'live');
  return rows.flatMap((row) => {
    const entityId = entityOf.get(row.id);
    const grave = graves.find((one) => one.entity_id === entityId && !there.has(`${entityId}:${one.system_id}:${one.stream}`));
    if (entityId === undefined || grave === undefined) return [];
    return [
      {
        action: 'delete',
        entity: kind,
        entityId,
        programmeId: 0,
        recordId: row.id,
        changes: {},
        reason: { deletedIn: grave.system_id, how: grave.how },
        state: 'ready',
        why: null,
        needsPerson: false,
      } satisfies Draft,
    ];
  });
}
