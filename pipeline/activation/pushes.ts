/**
 * Pushed values under another mapping. What we sent stands in wire fields, and follows them into the fields of ours that are read from
 * them now; so does what the vendor itself had said there. Pure.
 */
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import { emptyValues, sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import type { Push } from '../land/read-back.ts';

type Sources = ReadonlyMap<string, readonly string[]>;

/** Fields that a mapping reads, with their wire fields. */
export const readBy = (mapping: Mapping): Sources => new Map(mapping.lines.filter(({ only }) => only !== 'push').map(({ field, sources }) => [field, sources]));
const allOf = (mapping: Mapping): Sources => new Map(mapping.lines.map(({ field, sources }) => [field, sources]));
export const sameList = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean => (a ?? []).join('\n') === (b ?? []).join('\n');

/** The pushes of a record as they are under `fresh`; null: as they were under `old`. */
export function pushesUnder(old: Mapping, fresh: Mapping, body: WireBody, pushes: ReadonlyMap<string, Push>): Push[] | null {
  const [before, after] = [old.decode(body).values, fresh.decode(body).values];
  const [were, are] = [allOf(old), allOf(fresh)];
  const stands = (field: string): boolean => sameList(were.get(field), are.get(field)) && sameValue(before[field], after[field]);
  const pushed = new Set([...pushes.keys()].flatMap((field) => were.get(field) ?? []));
  const touched = [...are].filter(([, sources]) => sources.some((source) => pushed.has(source))).map(([field]) => field);
  const gone = [...pushes.keys()].filter((field) => !are.has(field));
  if (gone.length === 0 && touched.every(stands)) return null;
  const all = [...pushes.values()];
  const said = fresh.decode(bodyWith(old, body, all, ({ said }) => said)).values;
  const sent = fresh.decode(bodyWith(old, body, all, (push) => push.sent)).values;
  const earlier = fresh.decode(bodyWith(old, body, all, (push) => push.before)).values;
  const readable = readBy(fresh);
  const result: Push[] = [];
  for (const field of touched) {
    const own = pushes.get(field);
    if (stands(field) || !readable.has(field)) {
      if (own !== undefined) result.push(own);
      continue;
    }
    const from = latestOf(all.filter((push) => shares(were.get(push.field), are.get(field))));
    if (from === null) continue;
    const moved = movedPush(from, field, { said, sent, earlier, now: after });
    // What is held there is what the vendor itself said: no push of ours has to be remembered.
    if (moved.said === undefined || !sameValue(moved.said, moved.holds)) result.push(moved);
  }
  return result;
}

interface Readings {
  readonly said: FieldValues;
  readonly sent: FieldValues;
  readonly earlier: FieldValues;
  readonly now: FieldValues;
}

function movedPush(from: Push, field: string, { said, sent, earlier, now }: Readings): Push {
  const sentValue = sent[field] ?? null;
  return {
    ...from,
    field,
    sent: sentValue,
    holds: from.state === 'sent' ? sentValue : (now[field] ?? null),
    before: earlier[field] ?? null,
    said: from.said === undefined ? undefined : (said[field] ?? null),
  };
}

/** The body as it would stand with other values in the fields that we pushed; where there is no value, without their paths. */
export function bodyWith(old: Mapping, body: WireBody, pushes: readonly Push[], pick: (push: Push) => Value | undefined): WireBody {
  const values: Record<string, Value> = {};
  const unsaid = new Set<string>();
  for (const push of pushes) {
    const value = pick(push);
    if (value === undefined) for (const source of old.lines.filter(({ field }) => field === push.field).flatMap(({ sources }) => sources)) unsaid.add(source);
    else values[push.field] = value;
  }
  const wire = old.encode(values, body).wire;
  const result = emptyValues() as Record<string, WireBody[string]>;
  for (const [path, value] of Object.entries({ ...body, ...wire })) if (!unsaid.has(path) || Object.hasOwn(wire, path)) result[path] = value;
  return result;
}

export const shares = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean => (a ?? []).some((source) => b?.includes(source) === true);

function latestOf(pushes: readonly Push[]): Push | null {
  let latest: Push | null = null;
  for (const push of pushes) if (latest === null || push.sentAt > latest.sentAt) latest = push;
  return latest;
}
