/** Which field of ours a column of the canonical tables holds. */
import { CARD_COLUMN_FIELDS, CARD_TYPE_COLUMN_FIELDS, CLIENT_COLUMN_FIELDS, columnOf } from '../schema/tables/entities.ts';
import type { FoldedKind } from './entities.ts';

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
