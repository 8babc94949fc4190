/** Decisions that wait for a person. */
import type { Store } from '../../canonical/open.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import { type ReviewRow, reviewById, reviewsInState } from '../../canonical/stores/reviews.ts';
import { FIELDS, type FieldValues } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import { valuesOfRow } from '../../pipeline/land/rows.ts';
import { answersOf } from '../../pipeline/review.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { type NamedRecord, namedRecords } from './identity.ts';
import { type OpeningsView, openingsView } from './openings.ts';
import { shownValue } from './values.ts';

export interface ReviewItem {
  readonly id: number;
  readonly kind: string;
  readonly state: string;
  readonly question: unknown;
  readonly entity: string | null;
  readonly entityId: number | null;
  readonly askedAt: number;
  readonly answer: string | null;
  readonly decidedBy: string | null;
  readonly answers: readonly string[];
  /** The records it speaks of. */
  readonly records: readonly NamedRecord[];
}

export interface ReviewView extends ReviewItem {
  /** What they say, side by side; values are shown. */
  readonly fields: readonly { readonly field: string; readonly values: readonly string[]; readonly same: boolean }[];
  /** Of a question about opening balances: what there is to choose from. */
  readonly openings?: OpeningsView;
}

export async function reviewList(store: Store, setup: RunSetup, limit: number): Promise<ReviewItem[]> {
  const rows = await reviewsInState(store.db, 'open', limit);
  const named = await namedRecords(store, setup, rows.flatMap(recordsOf));
  return rows.map((row) => item(row, setup, named));
}

const recordsOf = (row: ReviewRow): number[] => [row.record_a, row.record_b].filter((one) => one !== null);

export async function reviewView(store: Store, setup: RunSetup, id: number): Promise<ReviewView | null> {
  const row = await reviewById(store.db, id);
  if (row === undefined) return null;
  const ids = recordsOf(row);
  const found = new Map((await loadRecords(store.db, ids)).map((one) => [one.id, one]));
  const records = ids.flatMap((one) => found.get(one) ?? []);
  const values: readonly FieldValues[] = records.map(valuesOfRow);
  const names = FIELDS.map((field) => field.name).filter((name) => values.some((one) => !isEmpty(one[name])));
  const shown = item(row, setup, await namedRecords(store, setup, ids));
  const { client, programme } = shown.question as { client?: number; programme?: number };
  const opens = row.kind === 'opening' && client !== undefined && programme !== undefined;
  return {
    ...shown,
    ...(opens ? { openings: await openingsView(store, setup, client, programme, shown.answers) } : {}),
    fields: [...new Set(names)].map((field) => {
      const said = values.map((one) => shownValue('client', field, one[field], true));
      return { field, values: said, same: said.length > 1 && new Set(said).size === 1 };
    }),
  };
}

function item(row: ReviewRow, setup: RunSetup, named: ReadonlyMap<number, NamedRecord>): ReviewItem {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    question: JSON.parse(row.question) as unknown,
    entity: row.entity,
    entityId: row.entity_id,
    askedAt: row.asked_at,
    answer: row.answer,
    decidedBy: row.decided_by,
    answers: answersOf(setup, row),
    records: recordsOf(row).flatMap((id) => named.get(id) ?? []),
  };
}
