/** To what a record or its link refers by itself: our own number in it, or the record for which it was made. */
import type { LinkRow } from '../../canonical/stores/links.ts';
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import type { FieldValues } from '../../core/model.ts';
import { valuesOfRow } from '../land/rows.ts';
import type { RunSetup } from '../setup.ts';

/** Clients whose numbers records carry in a field that is ours. */
export function referencesIn(setup: RunSetup, rows: readonly ResolveRow[]): number[] {
  return [...new Set(rows.flatMap((row) => referenceOf(setup, row, valuesOfRow(row)) ?? []))];
}

/** The client that a record refers to; null where it does not, or where the field is another's. */
export function referenceOf(setup: RunSetup, row: ResolveRow, values: FieldValues): number | null {
  const reference = values['reference'];
  if (typeof reference !== 'string' || !/^\d{1,15}$/.test(reference)) return null;
  return setup.systems.find((system) => system.id === row.system_id)?.ownReference === 'use' ? Number(reference) : null;
}

/** The record for whose client our own create made this one. */
export function withOf(link: LinkRow): number | null {
  if (link.rule !== 'own-create' || link.evidence === null) return null;
  const evidence = JSON.parse(link.evidence) as { with?: number };
  return evidence.with ?? null;
}
