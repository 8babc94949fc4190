/** The link of a record that our own create made: a fact about who it is. */
import type { Db } from '../../canonical/db.ts';
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { linksOfEntities, writeLinks } from '../../canonical/stores/links.ts';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import type { Engine } from '../engine.ts';

/** Kind of the entity that an operation speaks of; an account's is its client. */
export function entityKindOf({ entity }: Pick<OperationRow, 'entity'>): FoldedKind {
  return entity === 'card' || entity === 'cardType' ? entity : 'client';
}

/** Links a record to the entity for which it was created, in place of whatever link it had. */
export async function linkOwnCreate(trx: Db, engine: Engine, row: OperationRow, recordId: number): Promise<void> {
  const entity = entityKindOf(row);
  const others = (await linksOfEntities(trx, entity, [row.entity_id])).map((link) => link.record_id).filter((id) => id !== recordId);
  const evidence = JSON.stringify({ with: others.length === 0 ? null : Math.min(...others) });
  await writeLinks(trx, [{ record_id: recordId, entity, entity_id: row.entity_id, rule: 'own-create', evidence, run_id: engine.runId }], [recordId]);
}
