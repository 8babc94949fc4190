/** What a person says of who is who: the records meant, and what will come of it. Keys only, no values. */
import type { Store } from '../../canonical/open.ts';
import { decisionsOf, tombstonesOf } from '../../canonical/stores/links.ts';
import { namesByKeys } from '../../canonical/stores/record-names.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest.ts';
import type { Saying } from '../../pipeline/part-and-join.ts';
import type { RunSetup, SystemSetup } from '../../pipeline/setup.ts';

/** A record as people name it. */
export interface NamedRecord {
  readonly system: string;
  readonly stream: string;
  readonly key: string;
  readonly state: string;
}

export const recordName = (one: NamedRecord): string => `${one.system}/${one.stream}/${one.key}`;

/** Names of records, in the order of their numbers given. */
export async function namedRecords(store: Store, setup: Pick<RunSetup, 'systems'>, ids: readonly number[]): Promise<Map<number, NamedRecord>> {
  const systems = new Map(setup.systems.map((system) => [system.id, system.name]));
  return new Map(
    (await loadRecords(store.db, [...new Set(ids)])).map((row) => [
      row.id,
      { system: systems.get(row.system_id) ?? `#${row.system_id}`, stream: row.stream, key: row.record_key, state: row.state },
    ]),
  );
}

const clientStreams = (system: SystemSetup): string[] => [...system.mappings].filter(([, mapping]) => mapping.entity === 'client').map(([stream]) => stream);

/** The record of a client that is called `system/key` or `system/stream/key`. Throws `ConfigError` where there is none. */
export async function recordCalled(store: Store, setup: RunSetup, name: string): Promise<number> {
  const [head = '', ...rest] = name.split('/');
  const known = setup.systems.map((system) => system.name);
  const system = setup.systems.find((one) => one.name === head);
  if (system === undefined || rest.length === 0)
    throw new ConfigError('CONFIG_USAGE', `"${name}" names no record: expected SYSTEM/KEY, as \`sverka client explain\` shows it${suggestion(head, known)}`);
  for (const stream of clientStreams(system)) {
    const keys = [rest.join('/'), ...(rest[0] === stream && rest.length > 1 ? [rest.slice(1).join('/')] : [])];
    const [found] = await namesByKeys(store.db, system.id, stream, keys);
    if (found !== undefined) return found.id;
  }
  throw new ConfigError('NOT_FOUND', `${system.name} has no client with the key ${JSON.stringify(rest.join('/'))}`, { hint: 'See `sverka client find`.' });
}

/** One client as it will be. */
export interface Side {
  readonly records: readonly NamedRecord[];
  /** Systems in which the client is not, and may be created by the next sync. */
  readonly missing: readonly string[];
  /** Systems in which the client has more than one record. */
  readonly twice: readonly string[];
}

export interface Preview {
  readonly clients: readonly number[];
  readonly sides: readonly Side[];
}

/** What will come of it. */
export async function previewOf(store: Store, setup: RunSetup, saying: Saying): Promise<Preview> {
  const named = await namedRecords(store, setup, saying.sides.flat());
  const graves = await tombstonesOf(store.db, 'client', saying.clients);
  return {
    clients: saying.clients,
    sides: saying.sides.map((ids) => {
      const records = ids.flatMap((id) => named.get(id) ?? []);
      const there = records.filter((one) => one.state !== 'deleted').map((one) => one.system);
      const creating = setup.systems.filter(
        (system) =>
          !graves.some((grave) => grave.system_id === system.id) &&
          clientStreams(system).some((stream) => {
            const policy = system.policies.get(stream);
            return policy !== undefined && policy.push !== 'off' && policy.create !== 'none';
          }),
      );
      return {
        records,
        missing: creating.map((system) => system.name).filter((name) => !there.includes(name)),
        twice: [...new Set(there.filter((name, n) => there.indexOf(name) !== n))],
      };
    }),
  };
}

/** What a person said of a record of the client and another. */
export interface IdentityDecision {
  readonly record: string;
  readonly other: string;
  readonly verdict: 'same' | 'different';
  readonly by: string;
  readonly at: number;
  readonly note: string | null;
}

/** What people said of records and others, oldest first. */
export async function decisionsAbout(store: Store, setup: RunSetup, recordIds: readonly number[]): Promise<IdentityDecision[]> {
  const own = new Set(recordIds);
  const rows = await decisionsOf(store.db, [...own]);
  const named = await namedRecords(
    store,
    setup,
    rows.flatMap((row) => [row.record_a, row.record_b]),
  );
  const nameOf = (id: number): string => {
    const one = named.get(id);
    return one === undefined ? `#${id}` : recordName(one);
  };
  return rows
    .map(({ record_a, record_b, verdict, decided_by, decided_at, note }) => {
      const [mine, other] = own.has(record_a) ? [record_a, record_b] : [record_b, record_a];
      return { record: nameOf(mine), other: nameOf(other), verdict, by: decided_by, at: decided_at, note };
    })
    .sort((x, y) => x.at - y.at || (x.record < y.record ? -1 : 1));
}
