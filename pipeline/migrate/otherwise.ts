/** What the target holds otherwise than the source, by field: how many records, whose value counts, and what becomes of it. */
import { type FieldValues, fieldSpec } from '../../core/model.ts';
import { emptyValues, isEmpty, sameValue } from '../../core/values.ts';
import { sourcesFor } from '../fold/voices.ts';
import { bodyOfRow, valuesOfRow, viewOfRow } from '../land/rows.ts';
import { type Diff, diffRecord, mayUpdate } from '../plan/diff.ts';
import type { DiffersCount, MigrationPreview } from '../report.ts';
import { isOwn, movedValues } from './losses.ts';
import { type Migration, type Moved, recordsIn } from './source.ts';

const NOT_LET = 'not sent: its configuration does not let the field be updated';
const KEPT = 'stays as it is there';
const ASKED = 'waits: a review asks which value is right';
/** Another value than the source's is proposed. */
export const OTHER_PROPOSED = 'proposed, and it is not the source that counts';

export class Otherwise {
  private readonly counts = new Map<string, DiffersCount>();
  private readonly records = { client: 0, card: 0 };

  add(migration: Migration, kind: 'client' | 'card', stream: string, entities: readonly Moved[]): void {
    for (const moved of entities) {
      const found = differing(migration, stream, moved);
      if (found.length > 0) this.records[kind] += 1;
      for (const one of found) {
        const at = [stream, one.field, one.wins, one.why].join('\n');
        this.counts.set(at, { stream, ...one, count: (this.counts.get(at)?.count ?? 0) + 1 });
      }
    }
  }

  told(): Pick<MigrationPreview, 'otherwise' | 'differs'> {
    const differs = [...this.counts.values()].sort((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1));
    return { otherwise: { clients: this.records.client, cards: this.records.card }, differs };
  }
}

/** Fields of one that the target holds otherwise than the source says, and those that it is to hold otherwise. */
function differing(migration: Migration, stream: string, moved: Moved): Omit<DiffersCount, 'stream' | 'count'>[] {
  const { from, to } = migration;
  const [mapping, port, policy] = [to.mappings.get(stream), to.streams.get(stream), to.policies.get(stream)];
  const row = recordsIn(to, moved).find((one) => one.stream === stream);
  if (mapping === undefined || port === undefined || policy === undefined || row === undefined) return [];
  const view = viewOfRow(row, moved.one.pushes.get(row.id), sourcesFor(to, stream));
  const body = bodyOfRow(row);
  const { clear, updates } = port.capabilities;
  const against = (values: FieldValues): Diff => diffRecord(mapping, values, view, body, { update: 'all', clear, takes: port.takes, updates });
  const said = saidBy(migration, moved);
  const there = against(Object.fromEntries(Object.entries(said).filter(([field]) => !isOwn(mapping, field))));
  const wanted = against(movedValues(from, mapping, moved));
  const undecided = new Set(moved.folded.undecided);
  const fields = [...Object.keys(there.changes), ...Object.keys(there.cannot), ...Object.keys(wanted.changes)].filter((field) => said[field] !== undefined);
  return [...new Set(fields)].map((field) => {
    const isSource = sameValue(moved.folded.values[field], said[field]);
    const wins = isSource ? from.name : winnerOf(migration, moved, field);
    if (undecided.has(fieldSpec(mapping.entity, field)?.group ?? field)) return { field, wins: 'review', why: ASKED };
    if (Object.hasOwn(wanted.cannot, field)) return { field, wins, why: `not sent: ${wanted.whyNot.join('; ')}` };
    if (port.capabilities.update === 'none') return { field, wins, why: 'not sent: it has no way to change a record that is there' };
    if (!Object.hasOwn(wanted.changes, field)) return { field, wins, why: KEPT };
    if (!mayUpdate(mapping, field, policy.update)) return { field, wins, why: NOT_LET };
    return { field, wins, why: isSource ? null : OTHER_PROPOSED };
  });
}

function saidBy({ from }: Migration, moved: Moved): FieldValues {
  const said = emptyValues();
  // What the source leaves empty is nothing that it holds.
  for (const row of recordsIn(from, moved)) for (const [field, value] of Object.entries(valuesOfRow(row))) if (!isEmpty(value)) said[field] = value;
  return said;
}

function winnerOf({ from, to }: Migration, { one, folded }: Moved, field: string): string {
  const { record, rule } = folded.provenance[field] ?? folded.provenance['*'] ?? { record: 0, rule: '' };
  if (rule === 'override') return 'a person';
  const row = one.rows.find(({ id }) => id === record);
  return [from, to].find(({ id }) => id === row?.system_id)?.name ?? one.voices.find(({ recordId }) => recordId === record)?.system ?? 'the policies';
}
