/** Entities that a transaction has changed, by field: a client's rows in several tables are one entity. */
import type { RowChange } from '../../canonical/compare.ts';
import type { Db } from '../../canonical/db.ts';
import type { TableSpec } from '../../canonical/schema/table.ts';
import { type ChangedCell, changedFields } from '../../canonical/stores/client-fields.ts';
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { attributesIn, fieldOfColumn, headOf, isValueColumn, valuesOfEntities } from '../../canonical/stores/entity-fields.ts';
import { stableJson } from '../../core/values.ts';
import { type Example, Picker } from './examples.ts';

export interface EntityCount {
  readonly entity: FoldedKind;
  readonly created: number;
  readonly removed: number;
  /** Entities of which at least one value is another one. */
  readonly changed: number;
  /** In how many of these each field is otherwise. */
  readonly fields: Readonly<Record<string, number>>;
}

type Cell = ChangedCell['before'];

interface Whole {
  readonly created: Set<number>;
  readonly removed: Set<number>;
}

const KINDS = ['client', 'card', 'cardType'] as const;
const newWhole = (): Whole => ({ created: new Set(), removed: new Set() });

export class EntityChanges {
  /** By kind: changed fields by entity. */
  private readonly changed: Readonly<Record<FoldedKind, Map<number, Set<string>>>> = { client: new Map(), card: new Map(), cardType: new Map() };
  private readonly whole: Readonly<Record<FoldedKind, Whole>> = { client: newWhole(), card: newWhole(), cardType: newWhole() };
  private readonly picked: Readonly<Record<FoldedKind, Picker<readonly [id: number, field: string]>>>;

  constructor(examples: number) {
    const picker = (): Picker<readonly [number, string]> => new Picker(examples);
    this.picked = { client: picker(), card: picker(), cardType: picker() };
  }

  /** Rows of an entity's own table have to come before those of the tables beside it. */
  add(spec: TableSpec, columns: readonly string[], { key, before, after }: RowChange): void {
    const kind = headOf(spec.name);
    const id = Number(key[0]);
    if (kind === undefined) {
      if (spec.primary[0] === 'client_id') for (const cell of changedFields(spec.name, columns, before, after)) this.note('client', id, cell);
    } else if (before === null) this.whole[kind].created.add(id);
    else if (after === null) this.whole[kind].removed.add(id);
    else
      for (const [at, name] of columns.entries())
        if (isValueColumn(name) && before[at] !== after[at])
          for (const cell of cellsIn(kind, name, before[at] ?? null, after[at] ?? null)) this.note(kind, id, cell);
  }

  counts(): EntityCount[] {
    return KINDS.flatMap((entity) => {
      const { created, removed } = this.whole[entity];
      const fields: Record<string, number> = {};
      for (const names of this.changed[entity].values()) for (const name of names) fields[name] = (fields[name] ?? 0) + 1;
      const changed = this.changed[entity].size;
      const any = created.size + removed.size + changed > 0;
      return any ? [{ entity, created: created.size, removed: removed.size, changed, fields }] : [];
    });
  }

  /** By kind and field. Values are read where they stand: a list is more than the row of it that changed. */
  async examples(outside: Db, inside: Db): Promise<Example[]> {
    const examples: Example[] = [];
    for (const entity of KINDS) {
      const picked = this.picked[entity].list();
      const ids = [...new Set(picked.map(([id]) => id))];
      if (ids.length === 0) continue;
      const [was, is] = [await valuesOfEntities(outside, entity, ids), await valuesOfEntities(inside, entity, ids)];
      for (const [id, field] of picked) {
        const [before, after] = [was.get(id)?.[field] ?? null, is.get(id)?.[field] ?? null];
        examples.push({ system: '', stream: '', action: '', entity, key: String(id), field, before, after });
      }
    }
    return examples;
  }

  private note(kind: FoldedKind, id: number, { field, before, after }: ChangedCell): void {
    const { created, removed } = this.whole[kind];
    if (created.has(id) || removed.has(id)) return;
    const all = this.changed[kind];
    const fields = all.get(id) ?? new Set<string>();
    all.set(id, fields);
    // One of several rows of a list: its first change is as telling as the others.
    if (!fields.has(field)) this.picked[kind].add(field, (before === null ? 0 : 1) + (after === null ? 0 : 1), () => [id, field]);
    fields.add(field);
  }
}

function cellsIn(kind: FoldedKind, column: string, before: Cell, after: Cell): ChangedCell[] {
  if (column !== 'attributes') return [{ field: fieldOfColumn(kind, column), before, after }];
  const [was, is] = [attributesIn(before), attributesIn(after)];
  const text = (value: unknown): Cell => (value === undefined || value === null ? null : stableJson(value));
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((field) => ({ field, before: text(was[field]), after: text(is[field]) }))
    .filter((cell) => cell.before !== cell.after);
}
