/** Records that no store takes whole: set aside, before anything is made of them. */

import { KEY_LENGTH } from '../../canonical/schema/table.ts';
import type { Json, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import type { ReadBatch } from './units.ts';

const NUL = '\0';

/** What keeps a record from being stored; null: nothing. */
function faultOf({ key, parent, body }: VendorRecord): Pick<RejectedRecord, 'key' | 'field' | 'rule'> | null {
  if (key.length > KEY_LENGTH || (parent !== undefined && parent.key.length > KEY_LENGTH))
    return { key: null, field: '', rule: `expected a key of at most ${KEY_LENGTH} characters` };
  if (key.includes(NUL) || parent?.key.includes(NUL) === true) return { key: null, field: '', rule: 'expected a key without NUL characters' };
  for (const field in body) {
    // SQLite gives a text back only up to it: what one store takes and the other does not is taken by neither.
    if (hasNul(body[field])) return { key, field, rule: 'expected a text without NUL characters' };
  }
  return null;
}

function hasNul(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.includes(NUL);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => name.includes(NUL) || hasNul(inner));
}

/** The batch without them; each is rejected with its body. The batch itself where all fit. */
export function withoutUnstorable<Batch extends ReadBatch>(batch: Batch): Batch {
  let rejected: RejectedRecord[] | null = null;
  const records = new Map<string, readonly VendorRecord[]>();
  for (const [stream, list] of batch.records) {
    const fit = list.filter((record) => {
      const fault = faultOf(record);
      if (fault === null) return true;
      rejected ??= [...batch.rejected];
      rejected.push({ stream, body: record.body, ...fault });
      return false;
    });
    records.set(stream, fit.length === list.length ? list : fit);
  }
  return rejected === null ? batch : { ...batch, records, rejected };
}
