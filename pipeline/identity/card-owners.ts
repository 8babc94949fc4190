/** Whose card it is: each system names the owner by a key of its own, and the rule of the field `owner` decides between them. */
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import { fieldSpec } from '../../core/model.ts';
import type { Engine } from '../engine.ts';
import { chooseOne } from '../fold/choose.ts';
import type { Candidate } from '../fold/folded.ts';
import { sourcesFor } from '../fold/voices.ts';
import { viewOfRow } from '../land/rows.ts';
import { sideOf } from '../land/view.ts';
import type { RunSetup } from '../setup.ts';
import type { ClientWork } from './client-work.ts';
import type { Pushes } from './entities.ts';
import { clientByRecord } from './owners.ts';

/** What a record of a card says of its owner: the client, since when, and over which record. */
export interface Claim extends Candidate {
  readonly value: number;
  /** Record of the client it names, where that was looked at with it. */
  readonly owner: number | null;
  /** Client whom the system shows as the owner now. */
  readonly holds: number | null;
  /** The owner is our own word there, which has no vote. */
  readonly ours: boolean;
}

/** Claims by record; records whose owner is not landed or not linked have none. */
export async function claimsOf(engine: Engine, rows: readonly ResolveRow[], work: ClientWork, pushes: Pushes): Promise<Map<number, Claim>> {
  const { setup } = engine;
  const said = rows.map((row) => {
    const system = setup.systems.find((one) => one.id === row.system_id);
    const pushed = pushes.get(row.id);
    const side = sideOf(viewOfRow(row, pushed, sourcesFor(system, row.stream)), 'owner');
    const key = pushed?.has('owner') === true && typeof side?.said === 'string' ? side.said : row.parent_key;
    const ours = pushed?.has('owner') === true && typeof side?.said !== 'string';
    return { row, system, key, ours, stamp: side?.stamp ?? viewOfRow(row, pushed, new Map()).stamps.base };
  });
  const shown = await clientsNamed(engine, rows, work);
  const otherwise = said.filter(({ row, key }) => key !== row.parent_key).map(({ row, key }) => ({ ...row, parent_key: key }));
  const named = otherwise.length === 0 ? shown : new Map([...shown, ...(await clientsNamed(engine, otherwise, work))]);
  const claims = new Map<number, Claim>();
  for (const { row, system, ours, stamp } of said) {
    const owner = named.get(row.id);
    if (owner === undefined) continue;
    claims.set(row.id, {
      recordId: row.id,
      system: system?.name ?? `#${row.system_id}`,
      clockErrorMs: system?.clockErrorMs ?? 0,
      value: owner.client,
      owner: owner.record,
      holds: shown.get(row.id)?.client ?? null,
      stamp,
      ours,
    });
  }
  return claims;
}

type Hanging = Parameters<typeof clientByRecord>[1][number];

/** Clients that card records name as owners: as this set of records decides, and as it is stored for those it does not touch. */
async function clientsNamed(
  engine: Engine,
  rows: readonly Hanging[],
  work: ClientWork,
): Promise<Map<number, { readonly client: number; readonly record: number | null }>> {
  const decided = new Map<string, { client: number; record: number }>();
  for (const [record, client] of work.clientOf) {
    const row = work.hood.clients.get(record)?.row;
    if (row !== undefined) decided.set(`${row.system_id}\n${row.stream}\n${row.record_key}`, { client, record });
  }
  const named = new Map<number, { client: number; record: number | null }>();
  const others: Hanging[] = [];
  for (const row of rows) {
    const at = decided.get(`${row.system_id}\n${row.parent_stream}\n${row.parent_key}`);
    if (at === undefined) others.push(row);
    else named.set(row.id, at);
  }
  for (const [id, client] of await clientByRecord(engine, others)) named.set(id, { client: work.gone.get(client) ?? client, record: null });
  return named;
}

/** The owner of a card with these records; null where nobody names one. What we wrote ourselves counts only where nobody else says anything. */
export function ownerOf(setup: RunSetup, rows: readonly ResolveRow[], claims: ReadonlyMap<number, Claim>): number | null {
  const spec = fieldSpec('card', 'owner');
  const live = rows.filter((row) => row.state !== 'deleted').flatMap((row) => claims.get(row.id) ?? []);
  const said = live.filter((claim) => !claim.ours);
  if (spec === undefined) return null;
  const chosen = chooseOne(said.length > 0 ? said : live, spec, setup.policies);
  return chosen === undefined ? null : (claims.get(chosen.recordId)?.value ?? null);
}
