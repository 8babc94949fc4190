/** Which client a record belongs to: over the record it hangs on, and that one's, up to a linked client or a card that has an owner. */

import type { Db } from '../../canonical/db.ts';
import { clientOfCards } from '../../canonical/stores/entities.ts';
import { linksOfRecords } from '../../canonical/stores/links.ts';
import { namesByKeys, type RecordName } from '../../canonical/stores/record-names.ts';
import { type ResolveRow, resolveRowsByKeys } from '../../canonical/stores/resolve-rows.ts';
import { bySystemAndStream } from '../by-stream.ts';
import type { Engine } from '../engine.ts';

const MAX_STEPS = 3;

type Hanging = Pick<RecordName, 'id' | 'system_id' | 'parent_stream' | 'parent_key'>;

/** Client by record; records whose owner is not landed or not linked are left out. */
export async function clientByRecord(engine: Pick<Engine, 'store'>, records: readonly Hanging[]): Promise<Map<number, number>> {
  const { db } = engine.store;
  const clients = new Map<number, number>();
  let wave: { readonly start: number; readonly at: Hanging }[] = records.map((record) => ({ start: record.id, at: record }));
  for (let step = 0; wave.length > 0 && step < MAX_STEPS; step++) {
    const parents = new Map<string, RecordName>();
    const wanted = wave.flatMap(({ at }) =>
      at.parent_stream === null || at.parent_key === null ? [] : [{ system_id: at.system_id, stream: at.parent_stream, key: at.parent_key }],
    );
    for (const [systemId, stream, list] of bySystemAndStream(wanted)) {
      for (const name of await namesByKeys(
        db,
        systemId,
        stream,
        list.map(({ key }) => key),
      ))
        parents.set(`${systemId}\n${stream}\n${name.record_key}`, name);
    }
    const links = await linksOfRecords(
      db,
      [...parents.values()].map((name) => name.id),
    );
    const cards = [...links.values()].filter((link) => link.entity === 'card').map((link) => link.entity_id);
    const owners = await clientOfCards(db, cards);
    const next: { start: number; at: Hanging }[] = [];
    for (const { start, at } of wave) {
      const parent = parents.get(`${at.system_id}\n${at.parent_stream}\n${at.parent_key}`);
      if (parent === undefined) continue;
      const link = links.get(parent.id);
      const client = link?.entity === 'client' ? link.entity_id : link?.entity === 'card' ? owners.get(link.entity_id) : undefined;
      if (client !== undefined) clients.set(start, client);
      else next.push({ start, at: parent });
    }
    wave = next;
  }
  return clients;
}

/** Clients to which any of the records belongs. */
export async function clientsOfRecords(engine: Pick<Engine, 'store'>, records: readonly Hanging[]): Promise<number[]> {
  return [...new Set((await clientByRecord(engine, records)).values())];
}

/** Rows of the records on which some hang. */
export async function clientRowsByKeys(
  db: Db,
  wanted: readonly { system_id: number; parent_stream: string | null; parent_key: string | null }[],
): Promise<ResolveRow[]> {
  const rows: ResolveRow[] = [];
  const groups = bySystemAndStream(
    wanted.flatMap(({ system_id, parent_stream, parent_key }) =>
      parent_stream === null || parent_key === null ? [] : [{ system_id, stream: parent_stream, key: parent_key }],
    ),
  );
  for (const [systemId, stream, list] of groups)
    rows.push(
      ...(await resolveRowsByKeys(
        db,
        systemId,
        stream,
        list.map(({ key }) => key),
      )),
    );
  return rows;
}
