/** What a record should hold and does not: the diff reads only the `holds` sides. Pure. */
import type { Json, WireBody } from '../../core/contract.ts';
import { type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { sideOf, type ViewSource } from '../land/view.ts';

export interface Change {
  readonly before: Value;
  readonly after: Value;
}

export type Changes = Readonly<Record<string, Change>>;

/** The values that changes lead to. */
export const valuesAfter = (changes: Changes): Record<string, Value> =>
  Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change.after]));

export interface Diff {
  readonly changes: Changes;
  /** Differences that the system cannot take, and why. */
  readonly cannot: Changes;
  readonly whyNot: readonly string[];
}

const NO_CLEARING = 'the system cannot clear a field';
/** Reason of a difference in what can be created and not changed. */
export const NO_UPDATE = 'the system has no way to change a record';
const NO_FORM = 'the system has no form for a value';
const NOT_THERE = 'the name is not there, and the configuration does not let it be made';

/** Whether a system takes a value in a wire field; absent: all of them. */
export type Takes = ((field: string, value: Json) => boolean) | undefined;

export interface DiffOptions {
  /** Fields or groups that may be updated. */
  readonly update: 'all' | readonly string[];
  /** The system can clear a field. */
  readonly clear: boolean;
  readonly takes?: Takes;
  /** Wire fields that can be changed in a record that is there; absent: all. */
  readonly updates?: readonly string[] | undefined;
}

/** Fields that a mapping can write and that are ours to write. */
function pushableFields(mapping: Mapping): string[] {
  return mapping.lines
    .filter((line) => line.only !== 'pull')
    .map((line) => line.field)
    .filter((field) => {
      const spec = fieldSpec(mapping.entity, field);
      return spec !== undefined && spec.kind !== 'ref' && spec.policy !== 'local' && spec.policy !== 'sum';
    });
}

export function mayUpdate(mapping: Mapping, field: string, update: DiffOptions['update']): boolean {
  return update === 'all' || update.includes(field) || update.includes(fieldSpec(mapping.entity, field)?.group ?? field);
}

/** Compares the canonical values with what a record holds, as far as the system can hold them. */
export function diffRecord(mapping: Mapping, canonical: FieldValues, view: ViewSource, body: WireBody | null, options: DiffOptions): Diff {
  const fields = pushableFields(mapping);
  const wanted = wantedValues(fields, canonical);
  const candidates = Object.keys(wanted).filter((field) => mayUpdate(mapping, field, options.update) && !sameValue(wanted[field], sideOf(view, field)?.holds));
  const changes: Record<string, Change> = {};
  const cannot: Record<string, Change> = {};
  const whyNot = new Set<string>();
  if (candidates.length === 0) return { changes, cannot, whyNot: [] };
  const renditions = mapping.renditions(wanted, body);
  for (const field of candidates) {
    const value = wanted[field] ?? null;
    const held = sideOf(view, field)?.holds;
    const rendition = renditions[field];
    const stays = isEmpty(value) && sameValue(rendition, held);
    const refuse = (why: string): void => {
      cannot[field] = { before: held ?? null, after: value };
      whyNot.add(isFixed(mapping, field, options.updates) ? NO_UPDATE : why);
    };
    if (rendition === undefined || stays || (isEmpty(value) && !options.clear)) refuse(isEmpty(value) ? NO_CLEARING : NO_FORM);
    else if (sameValue(rendition, held)) continue;
    else if (isFixed(mapping, field, options.updates)) refuse(NO_UPDATE);
    else if (!isTaken(mapping, field, value, options.takes)) refuse(NOT_THERE);
    else if (!isSettled(view, field, value)) changes[field] = { before: held ?? null, after: value };
  }
  return { changes, cannot, whyNot: [...whyNot].sort() };
}

function wantedValues(fields: readonly string[], canonical: FieldValues): Record<string, Value> {
  const wanted: Record<string, Value> = {};
  for (const field of fields) {
    const value = canonical[field];
    if (value !== undefined) wanted[field] = value;
  }
  return wanted;
}

/** We sent exactly this, and the vendor keeps it in its own form, or ignores it: sending it again changes nothing. */
function isSettled(view: ViewSource, field: string, value: Value): boolean {
  const push = view.pushes.get(field);
  return (push?.state === 'held' || push?.state === 'ignored') && sameValue(push.sent, value);
}

const sourcesOf = (mapping: Mapping, field: string): readonly string[] => mapping.lines.filter((line) => line.field === field).flatMap((line) => line.sources);

/** Some wire field of it can only be set in a new record. */
function isFixed(mapping: Mapping, field: string, updates: DiffOptions['updates']): boolean {
  return updates !== undefined && !sourcesOf(mapping, field).every((source) => updates.includes(source));
}

/** Only texts can be names of a dictionary. */
function isTaken(mapping: Mapping, field: string, value: Value, takes: Takes): boolean {
  if (takes === undefined || typeof value !== 'string') return true;
  return sourcesOf(mapping, field).every((source) => takes(source, value));
}

/** All that a new record would be given. */
export function valuesForCreate(mapping: Mapping, canonical: FieldValues, takes?: Takes): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const field of pushableFields(mapping)) {
    const value = canonical[field];
    if (value !== undefined && !isEmpty(value) && isTaken(mapping, field, value, takes)) values[field] = value;
  }
  return values;
}

/** Changed fields with the unchanged ones that share wire fields with them: a name written in one field is written whole. */
export function valuesToEncode(mapping: Mapping, canonical: FieldValues, changed: Iterable<string>): Record<string, Value> {
  const fields = new Set(changed);
  const sources = new Set(mapping.lines.filter((line) => fields.has(line.field)).flatMap((line) => line.sources));
  const values: Record<string, Value> = {};
  for (const line of mapping.lines) {
    if (line.only === 'pull') continue;
    const value = canonical[line.field];
    if (fields.has(line.field)) values[line.field] = value ?? null;
    else if (value !== undefined && line.sources.some((source) => sources.has(source))) values[line.field] = value;
  }
  return values;
}
