/** Which field of ours a column of the canonical tables holds, and its value. */
import { ATTRIBUTES, type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import type { Db } from '../db.ts';
import { CARD_COLUMN_FIELDS, CARD_TYPE_COLUMN_FIELDS, CLIENT_COLUMN_FIELDS, columnOf } from '../schema/tables/entities.ts';
import { type Cell, cellIn, childValues } from './client-fields.ts';
import { type FoldedKind, tableOf } from './entities.ts';

const FIELDS = { client: CLIENT_COLUMN_FIELDS, card: CARD_COLUMN_FIELDS, cardType: CARD_TYPE_COLUMN_FIELDS } as const;

/** What an entity's row has beside its values. */
const KEPT = ['id', 'digest', 'provenance', 'touched_seq', 'created_run', 'changed_run'];
const HEADS = new Map<string, FoldedKind>([
  ['clients', 'client'],
  ['cards', 'card'],
  ['card_types', 'cardType'],
]);

/** The kind of entity of which a table holds one row each; undefined for other tables. */
export const headOf = (table: string): FoldedKind | undefined => HEADS.get(table);

/** Whether a column of such a table holds a value, and nothing of our own. */
export const isValueColumn = (column: string): boolean => !KEPT.includes(column);

/** The column's own name where it holds no field of ours: the owner of a card. */
export function fieldOfColumn(kind: FoldedKind, column: string): string {
  if (kind === 'card' && column === 'client_id') return 'owner';
  return FIELDS[kind].find(({ name }) => columnOf(name) === column)?.name ?? column;
}

/** The value that a cell of such a column was written from. */
export function valueOfCell(kind: FoldedKind, field: string, cell: Cell): Value {
  if (cell === null) return null;
  const of = fieldSpec(kind, field)?.kind;
  if (of === 'flag') return Number(cell) === 1;
  const isText = typeof cell === 'string';
  return isText && (of === 'texts' || of === 'phones' || of === 'emails' || of === 'json') ? (JSON.parse(cell) as Value) : cell;
}

/** Members of the column `attributes`, as fields. */
export function attributesIn(cell: Cell): FieldValues {
  const members = typeof cell === 'string' ? (JSON.parse(cell) as Record<string, Value>) : {};
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [`${ATTRIBUTES}${name}`, value]));
}

/** All values of entities, as they are stored. To be asked for a few of them. */
export async function valuesOfEntities(db: Db, kind: FoldedKind, ids: readonly number[]): Promise<ReadonlyMap<number, FieldValues>> {
  const rows: Record<string, unknown>[] = await db(tableOf(kind))
    .whereIn('id', [...ids])
    .select('*');
  const children = kind === 'client' ? await childValues(db, ids) : new Map<number, FieldValues>();
  return new Map(
    rows.map((row) => {
      const id = Number(row['id']);
      const own = Object.entries(row).filter(([name]) => isValueColumn(name) && name !== 'attributes');
      const cells = own.map(([name, cell]) => [fieldOfColumn(kind, name), cellIn(cell)] as const);
      const values = cells.map(([field, cell]) => [field, valueOfCell(kind, field, cell)] as const);
      return [id, { ...Object.fromEntries(values), ...attributesIn(cellIn(row['attributes'])), ...children.get(id) }];
    }),
  );
}
