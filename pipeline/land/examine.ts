/** Compares the members of changed units with what is stored of each. */
import type { Db } from '../../canonical/db.ts';
import { pushesOf } from '../../canonical/stores/pushes.ts';
import { loadByKeys, type RecordRow } from '../../canonical/stores/records.ts';
import { mappingOf } from '../engine.ts';
import { hashesOf } from '../identity/keys.ts';
import { isNewcomer } from '../identity/newcomers.ts';
import { landKnown, landNew } from './land-record.ts';
import type { Push } from './read-back.ts';
import type { LandInput } from './reading.ts';
import { pushesByRecord } from './rows.ts';
import { partsOf, type Unit, type UnitMember } from './units.ts';
import { countsOf, type LandedMember, type LandWork, unitKey } from './work.ts';

type PushesByRecord = ReadonlyMap<number, ReadonlyMap<string, Push>>;

/** Takes the units' members into the work: their rows as they will be, what is new of them, and which units are newcomers. */
export async function examine(work: LandWork, units: readonly Unit[]): Promise<void> {
  const { pass } = work;
  const { engine, system } = pass;
  const stored = pass.fresh ? new Map<string, RecordRow>() : await storedRecords(engine.store.db, system.id, units);
  const ids = [...stored.values()].map((row) => row.id);
  const pushes: PushesByRecord = ids.length === 0 ? new Map() : pushesByRecord(await pushesOf(engine.store.db, ids));
  const members = units.reduce((sum, unit) => sum + 1 + unit.children.length, 0);
  await engine.numbers.reserve('records', members);
  await engine.numbers.reserve('changes', members);
  for (const unit of units) if (!isGoneAlready(work, unit, stored)) examineUnit(work, unit, stored, pushes);
}

/** Told once more that it is deleted, or told of a record that was deleted before anybody saw it: nothing is new. */
function isGoneAlready(work: LandWork, { root }: Unit, stored: ReadonlyMap<string, RecordRow>): boolean {
  if (root.record.deleted !== true) return false;
  const previous = stored.get(unitKey(root.stream, root.record.key));
  const gone = previous === undefined ? Object.keys(root.record.body).length === 0 : previous.state === 'deleted';
  if (!gone) return false;
  const counts = countsOf(work.counts, root.stream);
  counts.read += 1;
  counts.unchanged += 1;
  if (previous !== undefined) work.shown.push([previous.id, null]);
  return true;
}

function examineUnit(work: LandWork, unit: Unit, stored: ReadonlyMap<string, RecordRow>, pushes: PushesByRecord): void {
  const { engine, system, known } = work.pass;
  const members: LandedMember[] = [];
  let stale = false;
  for (const member of [unit.root, ...unit.children]) {
    const previous = stored.get(unitKey(member.stream, member.record.key));
    const input = inputOf(work, member);
    const ours = previous === undefined ? undefined : pushes.get(previous.id);
    const landed = previous === undefined ? landNew(input, engine.numbers.takeReserved('records')) : landKnown(input, previous, ours);
    stale ||= previous !== undefined && !landed.write && [...(ours?.values() ?? [])].some((push) => push.answeredAt > work.batch.began);
    const news = landed.write && landed.kind !== 'unchanged';
    members.push({ member, landed, previous, hashes: news ? hashesOf(input.mapping.entity, landed.values) : null });
  }
  const [root] = members;
  if (root === undefined) return;
  if (!stale) {
    Object.assign(root.landed.row, { digest: unit.digest, parts: partsOf(unit.children) });
    work.roots.set(unitKey(unit.root.stream, unit.root.record.key), root.landed.row);
  }
  const newcomer = known !== null && isNewcomer(system, known, members);
  if (newcomer) work.newcomers.push(members.map(({ landed }) => landed));
  for (const one of members) note(work, one, newcomer);
}

function inputOf(work: LandWork, member: UnitMember): LandInput {
  const { pass, batch } = work;
  return {
    systemId: pass.system.id,
    stream: member.stream,
    record: member.record,
    text: member.text,
    mapping: mappingOf(pass.system, member.stream),
    began: batch.began,
    ended: batch.ended,
    standing: pass.checkpoint?.snapshot_began ?? null,
    clockErrorMs: pass.system.clockErrorMs,
    runId: pass.engine.runId,
    firstFacet: pass.firstFacet,
    wroteWhole: pass.system.streams.get(member.stream)?.capabilities.update === 'replace',
  };
}

function note(work: LandWork, one: LandedMember, newcomer: boolean): void {
  const { member, landed, previous, hashes } = one;
  const counts = countsOf(work.counts, member.stream);
  counts.read += 1;
  counts[landed.kind] += 1;
  work.shown.push([landed.row.id, null]);
  // A newcomer is resolved with its landing: there is nothing that the resolver would have to look at.
  if (hashes !== null && !newcomer) landed.row.change_seq = work.pass.engine.numbers.takeReserved('changes');
  if (member.record.deleted === true && previous?.state !== 'deleted') work.deleted.push(landed.row.id);
  work.landed.push(one);
}

/** Rows of all members of the units, by key; a child may be stored under another parent. */
async function storedRecords(db: Db, systemId: number, units: readonly Unit[]): Promise<Map<string, RecordRow>> {
  const keys = new Map<string, string[]>();
  for (const unit of units) {
    for (const { stream, record } of [unit.root, ...unit.children]) {
      const list = keys.get(stream);
      if (list === undefined) keys.set(stream, [record.key]);
      else list.push(record.key);
    }
  }
  const stored = new Map<string, RecordRow>();
  for (const [stream, list] of keys) {
    for (const row of await loadByKeys(db, systemId, stream, list)) stored.set(unitKey(stream, row.record_key), row);
  }
  return stored;
}
