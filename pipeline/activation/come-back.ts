/**
 * Entities that an activation did away with, because it took two for one: they come back with their records, also where something was written
 * to these since. A link that stands is kept by whatever speaks for it still, so working it out anew would leave them one.
 */
import type { Db } from '../../canonical/db.ts';
import { type FoldedKind, ownCards } from '../../canonical/stores/entities.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import type { KeptRow } from '../../canonical/stores/mapping-restore.ts';
import { entityName } from '../../canonical/stores/since.ts';

const HEADS: Readonly<Record<string, FoldedKind>> = { clients: 'client', cards: 'card', card_types: 'cardType' };
const CHILDREN: readonly string[] = ['contacts', 'addresses', 'special_dates', 'identity_documents', 'client_groups'];
const SPEAK_OF_ENTITIES: readonly string[] = ['links', 'operations', 'reviews', 'tombstones'];

/** A link that stands as the activation left it. */
interface Moved {
  readonly record: number;
  readonly kind: FoldedKind;
  readonly from: number;
  /** Null: it was linked to nothing any more. */
  readonly to: number | null;
}

export class ComingBack {
  private readonly gone = new Set<string>();
  private readonly moved: Moved[] = [];
  /** Clients that were laid down values for which others have now, by field. */
  private readonly said = new Map<string, number[]>();
  private readonly cards: { readonly id: number; readonly was: number; readonly is: number }[] = [];
  private names: ReadonlySet<string> = new Set();

  note({ table, key, before, now, changed }: KeptRow): void {
    const kind = HEADS[table];
    const owner = before['client_id'];
    if (table === 'cards' && typeof owner === 'number' && typeof now?.['client_id'] === 'number')
      this.cards.push({ id: Number(key[0]), was: owner, is: now['client_id'] });
    if (changed) return;
    if (kind !== undefined && now === null) this.gone.add(entityName(kind, Number(key[0])));
    const entity = before['entity'] ?? now?.['entity'];
    if (table === 'links' && before['entity_id'] !== undefined)
      this.moved.push({
        record: Number(key[0]),
        kind: String(entity) as FoldedKind,
        from: Number(before['entity_id']),
        to: now === null ? null : Number(now['entity_id']),
      });
    if (table === 'overrides' && now === null && key[0] === 'client') {
      const field = String(key[2]);
      this.said.set(field, [...(this.said.get(field) ?? []), Number(key[1])]);
    }
  }

  /** To be called when all rows are noted. Nothing is taken from an entity that would have no record left. */
  async settle(db: Db): Promise<void> {
    const home = (one: Moved): string => entityName(one.kind, one.from);
    const names = new Set(this.moved.filter((one) => this.gone.has(home(one))).map(home));
    for (const kind of new Set(Object.values(HEADS))) {
      const taken = this.moved.filter((one) => one.kind === kind && one.to !== null && names.has(home(one)));
      const left = new Set(taken.map(({ to }) => to));
      const records = new Set(taken.map(({ record }) => record));
      for (const link of await linksOfEntities(
        db,
        kind,
        [...left].filter((id) => id !== null),
      ))
        if (!records.has(link.record_id)) left.delete(link.entity_id);
      for (const one of taken) if (left.has(one.to)) names.delete(home(one));
    }
    this.names = names;
  }

  /** Whether a row that nobody has changed since goes back with one of them. */
  takes({ table, key, before, now }: KeptRow): boolean {
    const back = (kind: string, id: unknown): boolean => this.names.has(entityName(kind, Number(id)));
    const kind = HEADS[table];
    if (kind !== undefined && back(kind, key[0])) return true;
    if (CHILDREN.includes(table)) return back('client', key[0]);
    if (table === 'former_clients') return back('client', key[0]) || back('client', before['client_id']);
    if (table === 'overrides')
      return now === null ? back(String(key[0]), key[1]) : key[0] === 'client' && (this.said.get(String(key[2])) ?? []).some((id) => back('client', id));
    return SPEAK_OF_ENTITIES.includes(table) && back(String(before['entity'] ?? now?.['entity']), before['entity_id'] ?? now?.['entity_id']);
  }

  /** Their cards are theirs again before anything is worked out: nobody moved them, and no points move with them. */
  async giveBackCards(db: Db): Promise<void> {
    const takers = new Set(
      this.moved.filter(({ kind, from }) => kind === 'client' && this.names.has(entityName('client', from))).map((one) => `${one.from} ${one.to}`),
    );
    await ownCards(
      db,
      this.cards.filter(({ was, is }) => takers.has(`${was} ${is}`)).map(({ id, was }) => [id, was]),
    );
  }
}
