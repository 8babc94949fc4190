/**
 * Who was who before an activation, where something was written to these people since: records go back to the entities that they were linked to,
 * and entities that the activation did away with come back with all that is theirs. A link that stands is kept by whatever speaks for it still,
 * so working it out anew would leave as one whom an edit took for one, and apart whom it parted.
 */
import type { Db } from '../../canonical/db.ts';
import { cardsOfClients, deleteEntities, type FoldedKind, headsOf, ownCards } from '../../canonical/stores/entities.ts';
import { linksOfEntities, moveBelongings } from '../../canonical/stores/links.ts';
import type { KeptRow } from '../../canonical/stores/mapping-restore.ts';
import { entityName } from '../../canonical/stores/since.ts';
import { withdrawOf } from '../../canonical/stores/withdraw.ts';

const HEADS: Readonly<Record<string, FoldedKind>> = { clients: 'client', cards: 'card', card_types: 'cardType' };
const CHILDREN: readonly string[] = ['contacts', 'addresses', 'special_dates', 'identity_documents', 'client_groups'];
const SPEAK_OF_ENTITIES: readonly string[] = ['operations', 'reviews', 'tombstones'];

/** A link that the activation made, and that stands as it left it. */
interface Link {
  readonly record: number;
  readonly kind: FoldedKind;
  /** The entity before. */
  readonly from: number;
  /** The entity now; null: none. */
  readonly to: number | null;
}

export class ComingBack {
  private readonly gone = new Set<string>();
  private readonly made = new Set<string>();
  private links: Link[] = [];
  private records: ReadonlySet<number> = new Set();
  /** Clients of whom something was laid down that others have now, by field. */
  private readonly said = new Map<string, number[]>();
  private readonly cards: { readonly id: number; readonly was: number; readonly is: number }[] = [];
  /** Entities that come back. */
  private names: ReadonlySet<string> = new Set();
  /** Entities that the activation made and that have no record any more, with those that have them again. */
  private up: readonly { readonly kind: FoldedKind; readonly id: number; readonly into: number }[] = [];

  note({ table, key, before, now, changed }: KeptRow): void {
    const kind = HEADS[table];
    const [id, wasThere] = [Number(key[0]), Object.keys(before).length > 0];
    if (kind !== undefined && !wasThere) this.made.add(entityName(kind, id));
    const owner = before['client_id'];
    if (table === 'cards' && typeof owner === 'number' && typeof now?.['client_id'] === 'number') this.cards.push({ id, was: owner, is: now['client_id'] });
    if (changed || !wasThere) return;
    if (kind !== undefined && now === null) this.gone.add(entityName(kind, id));
    const is = now === null ? null : Number(now['entity_id']);
    if (table === 'links')
      this.links.push({ record: id, kind: String(before['entity'] ?? now?.['entity']) as FoldedKind, from: Number(before['entity_id'] ?? is), to: is });
    if (table === 'overrides' && now === null && key[0] === 'client') {
      const field = String(key[2]);
      this.said.set(field, [...(this.said.get(field) ?? []), Number(key[1])]);
    }
  }

  /** To be called when all rows are noted. `near`: the records of which something has to be worked out anew. */
  async settle(db: Db, near: ReadonlySet<number>): Promise<void> {
    this.links = this.links.filter(({ record }) => near.has(record));
    this.links = (await Promise.all(Object.values(HEADS).map((kind) => this.settleKind(db, kind)))).flat();
    this.records = new Set(this.links.map(({ record }) => record));
    this.names = new Set(this.links.map(({ kind, from }) => entityName(kind, from)).filter((name) => this.gone.has(name)));
  }

  private async settleKind(db: Db, kind: FoldedKind): Promise<readonly Link[]> {
    const own = this.links.filter((link) => link.kind === kind);
    const there = await headsOf(db, kind, [...new Set(own.map(({ from }) => from))]);
    let back = own.filter(({ from }) => there.has(from) || this.gone.has(entityName(kind, from)));
    const taken = new Set(back.filter(({ from, to }) => from !== to).map(({ record }) => record));
    const left = (await linksOfEntities(db, kind, [...new Set(back.flatMap(({ to }) => to ?? []))])).filter((link) => !taken.has(link.record_id));
    for (;;) {
      const holders = new Set([...left.map((link) => link.entity_id), ...back.map(({ from }) => from)]);
      // Nothing is taken from an entity that was there before and would be nobody's.
      const kept = back.filter(({ to }) => to === null || holders.has(to) || this.made.has(entityName(kind, to)));
      if (kept.length < back.length) {
        back = kept;
        continue;
      }
      const emptied = back.flatMap(({ to, from }) => (to === null || holders.has(to) ? [] : [{ kind, id: to, into: from }]));
      this.up = [...this.up, ...new Map(emptied.map((one) => [one.id, one])).values()];
      return back;
    }
  }

  /** Whether a row that nobody has changed since goes back with one of them. */
  takes({ table, key, before, now }: KeptRow): boolean {
    const back = (kind: string, id: unknown): boolean => this.names.has(entityName(kind, Number(id)));
    const kind = HEADS[table];
    if (kind !== undefined) return back(kind, key[0]);
    if (table === 'links') return this.records.has(Number(key[0]));
    if (CHILDREN.includes(table)) return back('client', key[0]);
    if (table === 'former_clients') return back('client', key[0]) || back('client', before['client_id']);
    if (table === 'overrides')
      return now === null ? back(String(key[0]), key[1]) : key[0] === 'client' && (this.said.get(String(key[2])) ?? []).some((id) => back('client', id));
    return SPEAK_OF_ENTITIES.includes(table) && back(String(before['entity'] ?? now?.['entity']), before['entity_id'] ?? now?.['entity_id']);
  }

  /** To be called when the rows are back. Cards are theirs again before anything is worked out: nobody moved them, and no points move with them. */
  async finish(db: Db, runId: number, now: number): Promise<void> {
    for (const { kind, id, into } of this.up) {
      await deleteEntities(db, kind, [id]);
      await withdrawOf(db, kind, [id], now);
      if (kind !== 'client') continue;
      await moveBelongings(db, id, into, runId);
      await ownCards(
        db,
        (await cardsOfClients(db, [id])).map((card) => [card.id, into]),
      );
    }
    const moved = new Set(this.links.filter(({ kind }) => kind === 'client').map(({ from, to }) => `${from} ${to}`));
    await ownCards(
      db,
      this.cards.filter(({ was, is }) => moved.has(`${was} ${is}`)).map(({ id, was }) => [id, was]),
    );
  }
}
