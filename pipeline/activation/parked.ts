/**
 * What we pushed stays known as ours, whatever becomes of the line. A push that a mapping drops or rewrites is parked as it was, with what it
 * stood for in the wire fields; it is taken up again when a line reads them, unless somebody has edited them there meanwhile. Pure.
 */
import type { WireBody } from '../../core/contract.ts';
import type { Value } from '../../core/model.ts';
import { emptyValues, sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { judge, type Push } from '../land/read-back.ts';
import { bodyWith, pushesUnder, readBy, sameList, shares } from './pushes.ts';

/** Values of a push. */
const SIDES = ['said', 'sent', 'holds', 'before'] as const;
type Side = (typeof SIDES)[number];

/** A push out of sight. */
export interface Parked {
  readonly push: Push;
  /** UTC ms. */
  readonly at: number;
  readonly wires: ParkedWires;
}

export interface ParkedWires {
  /** Wire fields that its field was read from. */
  readonly sources: readonly string[];
  /** These wire fields with each of its values in them; `empty`: with none. */
  readonly bodies: Readonly<Record<Side | 'empty', WireBody>>;
  /** What its line read there: another line that reads the same is the same for it. */
  readonly reads: Readonly<Partial<Record<Side, Value>>>;
}

/** A record as it was last read. */
export interface ReadRecord {
  readonly body: WireBody;
  /** UTC ms. */
  readonly readAt: number;
  readonly changedAt: number | null;
}

export interface PushState {
  readonly pushes: ReadonlyMap<string, Push>;
  readonly parked: ReadonlyMap<string, Parked>;
}

/** Pushes of a record, and what is parked of it, as they are under `fresh` from `now` on (UTC ms); null: as they were under `old`. */
export function carryPushes(old: Mapping, fresh: Mapping, record: ReadRecord, { pushes, parked }: PushState, now: number): PushState | null {
  const carried = pushesUnder(old, fresh, record.body, pushes);
  if (carried === null && parked.size === 0) return null;
  const result = new Map(carried === null ? pushes : carried.map((push) => [push.field, push]));
  const left = new Map(parked);
  const all = [...pushes.values()];
  for (const push of all) {
    const origin = parked.get(push.field);
    const isKnown = origin !== undefined && !isOver(origin, push) && origin.push.state === push.state;
    if (result.get(push.field) !== push && !isKnown) left.set(push.field, { push, at: now, wires: wiresOf(old, record.body, all, push) });
  }
  for (const one of left.values()) if (one === parked.get(one.push.field)) takeUp(fresh, record, one, result, left, now);
  const isSame = carried === null && left.size === parked.size && [...left].every(([field, one]) => parked.get(field) === one) && sameEntries(result, pushes);
  return isSame ? null : { pushes: result, parked: left };
}

const sameEntries = (a: ReadonlyMap<string, Push>, b: ReadonlyMap<string, Push>): boolean =>
  a.size === b.size && [...a].every(([field, push]) => b.get(field) === push);

/** Something else was sent there since. */
const isOver = ({ at }: Parked, live: Push): boolean => live.sentAt > at;

function wiresOf(old: Mapping, body: WireBody, all: readonly Push[], push: Push): ParkedWires {
  const sources = [...new Set(old.lines.filter(({ field }) => field === push.field).flatMap((line) => line.sources))];
  const only = (whole: WireBody): WireBody => picked(whole, sources);
  const bodies = {
    said: only(bodyWith(old, body, all, ({ said }) => said)),
    sent: only(bodyWith(old, body, all, ({ sent }) => sent)),
    holds: only(push.state === 'sent' ? bodyWith(old, body, all, ({ holds }) => holds) : body),
    before: only(bodyWith(old, body, all, ({ before }) => before)),
    empty: only(bodyWith(old, body, [push], () => null)),
  };
  const reads: Partial<Record<Side, Value>> = {};
  for (const side of SIDES) {
    const read = old.decode(laid(body, sources, bodies[side])).values[push.field];
    if (read !== undefined) reads[side] = read;
  }
  return { sources, bodies, reads };
}

/** Takes a push up again where a line reads it, and forgets it where it is over. */
function takeUp(fresh: Mapping, record: ReadRecord, one: Parked, pushes: Map<string, Push>, left: Map<string, Parked>, now: number): void {
  const { field } = one.push;
  const readable = readBy(fresh);
  const own = readable.has(field);
  const fields = own ? [field] : [...readable].filter(([other, sources]) => !pushes.has(other) && shares(sources, one.wires.sources)).map(([other]) => other);
  const live = pushes.get(field);
  if (live !== undefined && isOver(one, live)) left.delete(field);
  else if (live === undefined || live.state === one.push.state)
    for (const to of fields) {
      const taken = taking(fresh, record, one, to);
      if (taken === 'edited') left.delete(field);
      else if (taken !== null) pushes.set(to, taken.push);
      if (taken === null || taken === 'edited' || !taken.asItWas) continue;
      // What was made of it elsewhere in the meantime has nothing to add.
      for (const [name, other] of left)
        if (other.push.operationId === one.push.operationId && (name === field || (other.at === now && shares(other.wires.sources, one.wires.sources))))
          left.delete(name);
    }
}

type Taken = { readonly push: Push /** Nothing of it is otherwise. */; readonly asItWas: boolean };

/** The push in a field of the mapping; null: it says nothing there. */
function taking(fresh: Mapping, record: ReadRecord, { push, wires }: Parked, to: string): Taken | 'edited' | null {
  const { body } = record;
  const read = (wire: WireBody): Value | undefined => fresh.decode(laid(body, wires.sources, wire)).values[to];
  const reads = { said: read(wires.bodies.said), sent: read(wires.bodies.sent), holds: read(wires.bodies.holds), before: read(wires.bodies.before) };
  const sources = readBy(fresh).get(to);
  const asItWas = to === push.field && sameList(sources, wires.sources) && SIDES.every((side) => isSameRead(reads[side], wires.reads[side]));
  const empty = read(wires.bodies.empty);
  if (to !== push.field && SIDES.every((side) => isSameRead(reads[side], empty))) return null;
  const { said, sent, holds, before } = { said: reads.said ?? null, sent: reads.sent ?? null, holds: reads.holds ?? null, before: reads.before ?? null };
  const moved = asItWas ? push : { ...push, field: to, sent, holds, before, said: push.said === undefined ? undefined : said };
  const now = fresh.decode(body).values[to] ?? (isLeftOut(body, wires) && reads.holds !== undefined ? null : undefined);
  if (!asItWas && now === undefined && reads.holds === undefined) return null;
  const isUnread = push.state === 'sent' && record.readAt <= push.answeredAt;
  const verdict =
    isUnread || now === undefined
      ? null
      : judge({ ...moved, holds: reads.holds ?? null }, now, record.changedAt !== null && record.changedAt > push.answeredAt);
  if (verdict?.kind === 'edit') return 'edited';
  const judged: Push = verdict === null || verdict.push.state === moved.state ? moved : verdict.push;
  // What is held there is what the vendor itself said: no push of ours has to be remembered.
  if (!asItWas && judged.said !== undefined && sameValue(judged.said, judged.holds)) return null;
  return { push: judged, asItWas };
}

const isSameRead = (a: Value | undefined, b: Value | undefined): boolean => (a === undefined || b === undefined ? a === b : sameValue(a, b));

/** It stood in the body, and stands there no more: systems that leave out what is empty say so. */
const isLeftOut = (body: WireBody, { sources, bodies }: ParkedWires): boolean =>
  sources.every((source) => !Object.hasOwn(body, source)) && Object.keys(bodies.holds).length > 0;

function picked(body: WireBody, sources: readonly string[]): WireBody {
  const result = emptyValues() as Record<string, WireBody[string]>;
  for (const source of sources) if (Object.hasOwn(body, source)) result[source] = body[source] ?? null;
  return result;
}

/** A body with other wire fields; those that are not in `wires` are absent. */
function laid(body: WireBody, sources: readonly string[], wires: WireBody): WireBody {
  const result = emptyValues() as Record<string, WireBody[string]>;
  for (const [path, value] of Object.entries(body)) if (!sources.includes(path)) result[path] = value;
  for (const [path, value] of Object.entries(wires)) result[path] = value;
  return result;
}
