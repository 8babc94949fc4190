/** What a migration finds to move, and what stands against it, told before anything is sent. */
import type { Capabilities, Stream } from '../../core/contract.ts';
import type { EntityKind } from '../../core/model.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { valuesForCreate } from '../plan/diff.ts';
import { toldConditions } from '../plan/filter.ts';
import type { CannotCount, MigrationPreview } from '../report.ts';
import { Losses } from './losses.ts';
import { Otherwise } from './otherwise.ts';
import type { Ownerless } from './ownerless.ts';
import { type Migration, type Moved, type Portion, recordsIn, streamsOf } from './source.ts';

const NO_STREAM = 'it keeps no such thing';
const PUSH_OFF = 'its configuration says push: off';
const NO_PUSH = 'it cannot be written to as configured';
export const NO_CREATE = 'it has no way to create a record';
const NO_CARD = 'it keeps points on cards, and the client has no card to take along';
export const UNREADABLE = 'it cannot be read, so creates wait, unless it says creates: blind';

/** Gathers portion by portion. */
export class PreviewCounts {
  private readonly migration: Migration;
  private readonly losses = new Losses();
  private readonly otherwise = new Otherwise();
  private readonly cannot = new Map<string, { stream: string; why: string; count: number }>();
  private readonly source = { clients: 0, cards: 0, accounts: 0, points: 0 };
  private readonly ownerless = { cards: 0, accounts: 0, points: 0 };
  private readonly there = { clients: 0, cards: 0 };

  constructor(migration: Migration) {
    this.migration = migration;
  }

  add(portion: Portion): void {
    const { clients, cards, accounts } = portion;
    this.source.clients += clients.length;
    this.source.cards += cards.length;
    this.source.accounts += accounts.length;
    this.source.points += accounts.reduce((sum, { row }) => sum + row.agreed, 0);
    this.there.clients += this.addEntities('client', clients);
    this.there.cards += this.addEntities('card', cards);
    this.addAccounts(portion);
  }

  addOwnerless({ kind, points }: Ownerless): void {
    this.ownerless[kind === 'card' ? 'cards' : 'accounts'] += 1;
    this.ownerless.points += points;
  }

  preview(): MigrationPreview {
    const { from, to, where, limit, values } = this.migration;
    return {
      from: from.name,
      to: to.name,
      ...(where === undefined ? {} : { where: toldConditions(where) }),
      ...(limit === undefined ? {} : { limit }),
      values: values ?? 'source',
      source: this.source,
      ownerless: this.ownerless,
      there: this.there,
      ...this.otherwise.told(),
      losses: this.losses.list(),
      cannot: [...this.cannot.values()].sort((a, b) => b.count - a.count) satisfies CannotCount[],
    };
  }

  /** Answers how many the target has already. */
  private addEntities(kind: 'client' | 'card', entities: readonly Moved[]): number {
    const { from, to } = this.migration;
    if (entities.length === 0) return 0;
    const there = entities.filter((one) => recordsIn(to, one).length > 0).length;
    const obstacle = obstacleTo(this.migration, kind);
    if (obstacle !== null) this.note(obstacle.stream, obstacle.why, entities.length);
    for (const stream of streamsOf(to, kind)) {
      const mapping = to.mappings.get(stream);
      const port = to.streams.get(stream);
      if (mapping === undefined || port === undefined) continue;
      for (const one of entities) this.losses.add(from, stream, mapping, one);
      if (obstacle !== null) continue;
      this.otherwise.add(this.migration, kind, stream, entities);
      for (const one of entities) if (recordsIn(to, one).length === 0) this.note(stream, refusalOf(port, mapping, one), 1);
      const { capabilities } = port;
      if (!capabilities.create) this.note(stream, NO_CREATE, entities.length - there);
      else if (!isReadable(this.migration, stream)) this.note(stream, UNREADABLE, entities.length - there);
      const fixed = fixedBy(capabilities);
      if (fixed !== null) this.note(stream, fixed, there);
    }
    return there;
  }

  private addAccounts({ cards, owners, accounts }: Portion): void {
    const { to } = this.migration;
    const filled = accounts.filter(({ row }) => row.agreed !== 0);
    if (filled.length === 0) return;
    const obstacle = obstacleTo(this.migration, 'account');
    if (obstacle !== null) {
      this.note(obstacle.stream, obstacle.why, filled.length);
      return;
    }
    const [stream = ''] = streamsOf(to, 'account');
    if (to.streams.get(stream)?.capabilities.balance?.needs !== 'card') return;
    const holders = new Set(cards.map(({ one }) => owners.get(one.id)));
    this.note(stream, NO_CARD, filled.filter(({ client }) => !holders.has(client)).length);
  }

  private note(stream: string, why: string | null, count: number): void {
    if (count === 0 || why === null) return;
    const at = `${stream}\n${why}`;
    const one = this.cannot.get(at) ?? { stream, why, count: 0 };
    one.count += count;
    this.cannot.set(at, one);
  }
}

/** Why a new record would be refused, as far as that is known without asking; null where nothing speaks against it. */
function refusalOf(port: Stream, mapping: Mapping, { folded }: Moved): string | null {
  if (port.refuses === undefined || !port.capabilities.create) return null;
  return port.refuses(mapping.encode(valuesForCreate(mapping, folded.values, port.takes), null).wire);
}

/** Why records that are there are not changed, or not in all fields; null where all of them can be. */
export function fixedBy({ update, updates }: Capabilities): string | null {
  if (update === 'none') return 'it has no way to change a record that is there';
  return updates === undefined ? null : `it has no way to change more than ${updates.join(', ')} of a record that is there`;
}

/** Why nothing of a kind can be moved at all; null where it can. Without a stream there, the source's word for it is used. */
export function obstacleTo({ from, to }: Migration, kind: EntityKind): { readonly stream: string; readonly why: string } | null {
  const [stream] = streamsOf(to, kind);
  if (stream === undefined) return { stream: streamsOf(from, kind)[0] ?? kind, why: NO_STREAM };
  if (to.streams.get(stream)?.push === undefined) return { stream, why: NO_PUSH };
  return to.policies.get(stream)?.push === 'off' ? { stream, why: PUSH_OFF } : null;
}

function isReadable({ to }: Migration, stream: string): boolean {
  return to.creates === 'blind' || to.system.readings.some((reading) => reading.mode !== 'none' && reading.streams.includes(stream));
}
