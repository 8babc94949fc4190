/** Records whose keys are longer than the store takes: set aside, before anything is made of them. */

import { KEY_LENGTH } from '../../canonical/schema/table.ts';
import type { RejectedRecord, VendorRecord } from '../../core/contract.ts';
import type { ReadBatch } from './units.ts';

const fits = ({ key, parent }: VendorRecord): boolean => key.length <= KEY_LENGTH && (parent === undefined || parent.key.length <= KEY_LENGTH);

/** The batch without them; each is rejected with its body. The batch itself where all fit. */
export function withoutLongKeys<Batch extends ReadBatch>(batch: Batch): Batch {
  if ([...batch.records.values()].every((records) => records.every(fits))) return batch;
  const rejected: RejectedRecord[] = [...batch.rejected];
  const records = new Map<string, readonly VendorRecord[]>();
  for (const [stream, list] of batch.records) {
    records.set(stream, list.filter(fits));
    for (const record of list)
      if (!fits(record)) rejected.push({ stream, key: null, body: record.body, field: '', rule: `expected a key of at most ${KEY_LENGTH} characters` });
  }
  return { ...batch, records, rejected };
}
