/** Which field of ours a column of the canonical tables holds. */
import { CARD_COLUMN_FIELDS, CARD_TYPE_COLUMN_FIELDS, CLIENT_COLUMN_FIELDS, columnOf } from '../schema/tables/entities.ts';
import type { FoldedKind } from './entities.ts';

const FIELDS = { client: CLIENT_COLUMN_FIELDS, card: CARD_COLUMN_FIELDS, cardType: CARD_TYPE_COLUMN_FIELDS } as const;

/** The column's own name where it holds no field of ours: the owner of a card. */
export function fieldOfColumn(kind: FoldedKind, column: string): string {
  if (kind === 'card' && column === 'client_id') return 'owner';
  return FIELDS[kind].find(({ name }) => columnOf(name) === column)?.name ?? column;
}
