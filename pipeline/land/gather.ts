/** Pages joined into batches worth a transaction. */
import type { Batch, VendorRecord } from '../../core/contract.ts';

/** Units landed in one transaction: large enough for bulk writes, small enough to hold. */
const BATCH_RECORDS = 1500;
/** What an unchanged unit counts against that: nothing of it is written. */
const UNCHANGED_WEIGHT = 0.1;

/** Records of a batch; a unit that is known to be unchanged counts as `unchangedAs`. */
export function sizeOf(batch: Batch, unchangedAs = 1): number {
  let size = batch.rejected.length + (batch.unchanged?.length ?? 0) * unchangedAs;
  for (const records of batch.records.values()) size += records.length;
  return size;
}

/** Joins pages into batches worth a transaction; the earliest beginning counts for all. Where the run is to end, what is there is a batch. */
export async function* gather(batches: AsyncIterable<Batch>, isLast: () => boolean): AsyncGenerator<Batch> {
  let held: Batch | null = null;
  let size = 0;
  for await (const batch of batches) {
    held = held === null ? batch : join(held, batch);
    size += sizeOf(batch, UNCHANGED_WEIGHT);
    if (size < BATCH_RECORDS && batch.complete === 'page' && !isLast()) continue;
    yield held;
    held = null;
    size = 0;
  }
  if (held !== null) yield held;
}

function join(first: Batch, second: Batch): Batch {
  const records = new Map<string, readonly VendorRecord[]>(first.records);
  for (const [stream, list] of second.records) {
    const known = records.get(stream);
    if (known === undefined) records.set(stream, [...list]);
    else for (const record of list) (known as VendorRecord[]).push(record);
  }
  const total = second.total ?? first.total;
  return {
    records,
    rejected: [...first.rejected, ...second.rejected],
    unchanged: [...(first.unchanged ?? []), ...(second.unchanged ?? [])],
    began: Math.min(first.began, second.began),
    ended: Math.max(first.ended, second.ended),
    checkpoint: second.checkpoint,
    complete: second.complete,
    ...(total === undefined ? {} : { total }),
    ...(second.remark === undefined ? {} : { remark: second.remark }),
  };
}
