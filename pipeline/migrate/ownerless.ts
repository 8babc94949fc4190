/** What the source holds of nobody: cards without a client, and the points on them. A migration goes by clients, so none of it is moved. */
import { clientOfCards } from '../../canonical/stores/entities.ts';
import { accountsOf } from '../../canonical/stores/ledger.ts';
import { entitiesHeldBy, linksOfEntities, linksOfRecords } from '../../canonical/stores/links.ts';
import { namesByKeys, namesOfRecords, type RecordName } from '../../canonical/stores/record-names.ts';
import { pageOfStream } from '../../canonical/stores/records.ts';
import { bySystemAndStream } from '../by-stream.ts';
import { CHUNK } from '../plan/plan.ts';
import type { RestItem } from './rest.ts';
import { type Migration, type Scope, streamsOf } from './source.ts';

const NO_CLIENT = 'a card without a client: there is nobody to move';
const NOBODYS = 'points of nobody: they hang on no client, and on no card of one';

/** The thing as it is left, with the points of an account in minor units. */
export interface Ownerless {
  readonly item: RestItem;
  readonly kind: 'card' | 'account';
  readonly points: number;
}

export async function* ownerlessIn(scope: Scope, { from }: Pick<Migration, 'from'>): AsyncGenerator<Ownerless> {
  yield* cardsIn(scope, from);
  for (const stream of streamsOf(from, 'account')) yield* accountsIn(scope, from, stream);
}

const itemOf = (name: Pick<RecordName, 'stream' | 'record_key'>, why: string, points?: number): RestItem => ({
  what: points === undefined ? 'missing' : 'balance',
  stream: name.stream,
  key: name.record_key,
  client: null,
  fields: [],
  ...(points !== undefined && { amounts: { from: points, to: 0 } }),
  why,
});

async function* cardsIn({ store: { db }, setup }: Scope, from: Migration['from']): AsyncGenerator<Ownerless> {
  const streams = streamsOf(from, 'card');
  for (let after = 0; ; ) {
    setup.signal.throwIfAborted();
    const ids = await entitiesHeldBy(db, 'card', from.id, streams, after, CHUNK);
    const owned = await clientOfCards(db, ids);
    const records = (
      await linksOfEntities(
        db,
        'card',
        ids.filter((id) => !owned.has(id)),
      )
    ).map((link) => link.record_id);
    for (const name of await namesOfRecords(db, records))
      if (name.system_id === from.id && streams.includes(name.stream)) yield { item: itemOf(name, NO_CLIENT), kind: 'card', points: 0 };
    after = ids.at(-1) ?? after;
    if (ids.length < CHUNK) return;
  }
}

async function* accountsIn({ store: { db }, setup }: Scope, from: Migration['from'], stream: string): AsyncGenerator<Ownerless> {
  for (let after = 0; ; ) {
    setup.signal.throwIfAborted();
    const page = await pageOfStream(db, from.id, stream, after, CHUNK);
    const rows = page.filter((row) => row.state === 'live');
    const owned = await ownedAmong(db, rows);
    const balances = await accountsOf(
      db,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      const points = balances.get(row.id)?.agreed ?? 0;
      if (points !== 0 && !owned.has(row.id)) yield { item: itemOf(row, NOBODYS, points), kind: 'account', points };
    }
    after = page.at(-1)?.id ?? after;
    if (page.length < CHUNK) return;
  }
}

/** An account on an additional card on a card on a client; records that hang in a ring end here. */
const DEEPEST = 3;

type Child = Pick<RecordName, 'id' | 'system_id' | 'parent_stream' | 'parent_key'>;

/** Those that hang on a client, or on a card that is a client's or hangs on one. */
async function ownedAmong(db: Scope['store']['db'], children: readonly Child[], depth = 0): Promise<Set<number>> {
  if (depth > DEEPEST) return new Set();
  const hanging = children.flatMap((one) =>
    one.parent_stream === null || one.parent_key === null ? [] : [{ ...one, stream: one.parent_stream, record_key: one.parent_key }],
  );
  const parents = new Map<string, RecordName>();
  for (const [systemId, stream, list] of bySystemAndStream(hanging)) {
    const keys = [...new Set(list.map(({ record_key }) => record_key))];
    for (const name of await namesByKeys(db, systemId, stream, keys)) parents.set(`${stream}\n${name.record_key}`, name);
  }
  const found = [...parents.values()];
  if (found.length === 0) return new Set();
  const links = await linksOfRecords(
    db,
    found.map(({ id }) => id),
  );
  const cards = [...links.values()].filter(({ entity }) => entity === 'card').map(({ entity_id }) => entity_id);
  const clients = await clientOfCards(db, cards);
  const above = await ownedAmong(db, found, depth + 1);
  const isOwned = ({ id }: RecordName): boolean => {
    const link = links.get(id);
    return above.has(id) || link?.entity === 'client' || (link?.entity === 'card' && clients.has(link.entity_id));
  };
  return new Set(
    hanging.filter(({ stream, record_key }) => [parents.get(`${stream}\n${record_key}`)].some((one) => one !== undefined && isOwned(one))).map(({ id }) => id),
  );
}
