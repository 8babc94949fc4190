/** What records are known by now, beside what they were known by. */
import type { Db } from '../../canonical/db.ts';
import { type KeyPair, writeKeys } from '../../canonical/stores/record-keys.ts';

export class KeyChanges {
  private readonly gained: KeyPair[] = [];
  private readonly lost: KeyPair[] = [];

  /** `before`: the keys of the record as it is stored; null where it is new. */
  note(recordId: number, before: ReadonlySet<number> | null, now: ReadonlySet<number>): void {
    for (const hash of now) if (before?.has(hash) !== true) this.gained.push([hash, recordId]);
    for (const hash of before ?? []) if (!now.has(hash)) this.lost.push([hash, recordId]);
  }

  async write(trx: Db): Promise<void> {
    await writeKeys(trx, this.gained, this.lost);
  }
}
