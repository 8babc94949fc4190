/** Entities that a transaction has changed, by field: a client's rows in several tables are one entity. */
import type { RowChange } from '../../canonical/compare.ts';
import type { TableSpec } from '../../canonical/schema/table.ts';
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { fieldOfColumn, headOf, isValueColumn } from '../../canonical/stores/entity-fields.ts';

export interface EntityCount {
  readonly entity: FoldedKind;
  readonly created: number;
  readonly removed: number;
  /** Entities of which at least one value is another one. */
  readonly changed: number;
  /** In how many of these each field is otherwise. */
  readonly fields: Readonly<Record<string, number>>;
}

export class EntityChanges {
  /** By kind: changed fields by entity. */
  private readonly changed = new Map<string, Map<number, Set<string>>>();
  private readonly whole = new Map<string, { created: Set<number>; removed: Set<number> }>();

  add(spec: TableSpec, columns: readonly string[], { key, before, after }: RowChange): void {
    const kind = headOf(spec.name);
    if (kind !== undefined) {
      const id = Number(key[0]);
      if (before === null) this.wholeOf(kind).created.add(id);
      else if (after === null) this.wholeOf(kind).removed.add(id);
      else
        for (const [at, name] of columns.entries())
          if (isValueColumn(name) && before[at] !== after[at])
            for (const field of fieldsIn(kind, name, before[at] ?? null, after[at] ?? null)) this.fieldsOf(kind, id).add(field);
      return;
    }
    const [first] = spec.primary;
    if (first !== 'client_id') return;
    for (const field of childFields(spec.name, columns, before, after)) this.fieldsOf('client', Number(key[0])).add(field);
  }

  counts(): EntityCount[] {
    return (['client', 'card', 'cardType'] as const).flatMap((entity) => {
      const { created, removed } = this.wholeOf(entity);
      const fields: Record<string, number> = {};
      let changed = 0;
      for (const [id, names] of this.changed.get(entity) ?? []) {
        if (created.has(id) || removed.has(id)) continue;
        changed += 1;
        for (const name of names) fields[name] = (fields[name] ?? 0) + 1;
      }
      const any = created.size + removed.size + changed > 0;
      return any ? [{ entity, created: created.size, removed: removed.size, changed, fields }] : [];
    });
  }

  private fieldsOf(kind: string, id: number): Set<string> {
    const all = this.changed.get(kind) ?? new Map<number, Set<string>>();
    this.changed.set(kind, all);
    const fields = all.get(id) ?? new Set<string>();
    all.set(id, fields);
    return fields;
  }

  private wholeOf(kind: string): { created: Set<number>; removed: Set<number> } {
    const sets = this.whole.get(kind) ?? { created: new Set(), removed: new Set() };
    this.whole.set(kind, sets);
    return sets;
  }
}

type Cell = string | number | null;

function fieldsIn(kind: FoldedKind, column: string, before: Cell, after: Cell): string[] {
  if (column !== 'attributes') return [fieldOfColumn(kind, column)];
  const [was, is] = [membersOf(before), membersOf(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
    .map((name) => `attributes.${name}`);
}

const membersOf = (cell: Cell): Record<string, unknown> => (typeof cell === 'string' ? (JSON.parse(cell) as Record<string, unknown>) : {});

/** Fields that a row beside a client's own stands for. */
function childFields(table: string, columns: readonly string[], before: readonly Cell[] | null, after: readonly Cell[] | null): string[] {
  const cell = (name: string): unknown => (after ?? before)?.[columns.indexOf(name)];
  switch (table) {
    case 'contacts': {
      const kind = String(cell('kind'));
      return [{ phone: 'phones', email: 'emails', other: 'otherContacts' }[kind] ?? kind];
    }
    case 'addresses':
      return ['address'];
    case 'special_dates':
      return ['specialDates'];
    case 'identity_documents':
      return ['document'];
    case 'client_groups':
      return ['group'];
    default:
      return [];
  }
}
