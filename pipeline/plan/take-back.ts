/**
 * After a person has parted two clients, what our own pushes put from the one into records of the other, where the vendor itself
 * says nothing: it belongs to somebody else, and is taken back.
 */
import type { Db } from '../../canonical/db.ts';
import { decisionsOf, linksOfRecords } from '../../canonical/stores/links.ts';
import { reasonsOf } from '../../canonical/stores/operations.ts';
import { isEmpty } from '../../core/values.ts';
import type { Folded } from '../fold/folded.ts';
import type { Known } from '../fold/voices.ts';

/** A value of ours where nobody says anything. */
interface Ours {
  readonly recordId: number;
  readonly field: string;
  readonly operationId: number;
}

interface Entity {
  readonly one: Known;
  readonly folded: Folded;
}

const NOTHING: ReadonlyMap<number, ReadonlySet<string>> = new Map();

/** Fields to be emptied, by record. */
export async function strangersValues(db: Db, entities: readonly Entity[]): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
  const ours = new Map(entities.map((entity) => [entity.one.id, oursAlone(entity)] as const).filter(([, list]) => list.length > 0));
  if (ours.size === 0) return NOTHING;
  const parted = await partedFrom(
    db,
    entities.filter(({ one }) => ours.has(one.id)),
  );
  if (parted.size === 0) return NOTHING;
  const suspects = [...ours].filter(([id]) => parted.has(id)).flatMap(([id, list]) => list.map((value) => ({ id, ...value })));
  const reasons = await reasonsOf(db, [...new Set(suspects.map(({ operationId }) => operationId))]);
  const sources = [...new Set(suspects.flatMap(({ operationId, field }) => reasons.get(operationId)?.[field]?.record ?? []))];
  const clientOf = await linksOfRecords(db, sources);
  const found = new Map<number, Set<string>>();
  for (const { id, recordId, field, operationId } of suspects) {
    const source = reasons.get(operationId)?.[field]?.record;
    const client = source === undefined ? undefined : clientOf.get(source)?.entity_id;
    if (client === undefined || parted.get(id)?.has(client) !== true) continue;
    found.set(recordId, (found.get(recordId) ?? new Set()).add(field));
  }
  return found;
}

/** A client of whom nothing at all is said is a copy of ours: emptying it would leave nobody. */
function oursAlone({ one, folded }: Entity): Ours[] {
  if (Object.values(folded.values).every((value) => isEmpty(value))) return [];
  return one.rows.flatMap((row) =>
    [...(one.pushes.get(row.id)?.values() ?? [])]
      .filter((push) => isEmpty(push.said) && !isEmpty(push.holds) && isEmpty(folded.values[push.field]))
      .map(({ field, operationId }) => ({ recordId: row.id, field, operationId })),
  );
}

/** Clients from whom a person said that these are different. */
async function partedFrom(db: Db, entities: readonly Entity[]): Promise<Map<number, Set<number>>> {
  const home = new Map(entities.flatMap(({ one }) => one.rows.map((row) => [row.id, one.id] as const)));
  const apart = (await decisionsOf(db, [...home.keys()])).filter(({ verdict }) => verdict === 'different');
  const links = await linksOfRecords(db, [...new Set(apart.flatMap(({ record_a, record_b }) => [record_a, record_b]))]);
  const parted = new Map<number, Set<number>>();
  for (const { record_a, record_b } of apart) {
    for (const [mine, other] of [
      [record_a, record_b],
      [record_b, record_a],
    ] as const) {
      const [id, client] = [home.get(mine), links.get(other)?.entity_id];
      if (id !== undefined && client !== undefined && client !== id) parted.set(id, (parted.get(id) ?? new Set()).add(client));
    }
  }
  return parted;
}
