/**
 * Lands the batches of a reading, a few side by side: one is written while the next is prepared. Each commits by itself; the position
 * moves only with a batch before which all are committed, so that whatever is cut off is read again and nothing is passed over.
 */

import { type CheckpointRow, saveCheckpoint } from '../../canonical/stores/progress.ts';
import { namesOfRecords } from '../../canonical/stores/record-names.ts';
import type { Batch } from '../../core/contract.ts';
import { effect } from '../engine.ts';
import { land } from './land.ts';
import { markDeleted } from './missing.ts';
import type { LandingPass } from './pass.ts';

export class LandingLine {
  private readonly pass: LandingPass;
  private readonly width: number;
  private readonly running: Promise<void>[] = [];
  private readonly committed = new Set<number>();
  private taken = 0;
  /** All batches before this one are committed. */
  private settled = 0;
  /** The last batch whose position is saved, and the position of the last one taken. */
  private saved = -1;
  private last: CheckpointRow | null = null;

  /** `width`: landings at one time; 1 where all share one transaction. */
  constructor(pass: LandingPass, width: number) {
    this.pass = pass;
    this.width = width;
  }

  /** Begins to land a batch once there is room. Throws what an earlier landing threw. */
  async add(batch: Batch, checkpoint: CheckpointRow): Promise<void> {
    while (this.running.length >= this.width) await this.running.shift();
    const index = this.taken;
    this.taken += 1;
    this.last = checkpoint;
    const landing = this.landOne(batch, index, checkpoint);
    landing.catch(() => undefined);
    this.running.push(landing);
  }

  /** Waits for all, and saves the last position. */
  async end(): Promise<void> {
    await Promise.all(this.running);
    const { last } = this;
    if (last !== null && this.saved < this.taken - 1) await effect(this.pass.engine, (trx) => saveCheckpoint(trx, last));
  }

  /** Waits until nothing is under way, whatever became of it. */
  async quiet(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async landOne(batch: Batch, index: number, checkpoint: CheckpointRow): Promise<void> {
    const { engine, system, reading } = this.pass;
    const began = engine.setup.clock.now();
    let saves = false;
    const deleted = await land(this.pass, batch, () => {
      saves = this.settled === index;
      return saves ? checkpoint : null;
    });
    if (deleted.length > 0) await markDeleted(this.pass, await namesOfRecords(engine.store.db, deleted), 'the vendor says so');
    const records = [...batch.records.values()].reduce((sum, list) => sum + list.length, 0);
    engine.setup.log.debug('batch landed', {
      system: system.name,
      reading,
      batch: index,
      records,
      rejected: batch.rejected.length,
      readMs: batch.ended - batch.began,
      ms: engine.setup.clock.now() - began,
    });
    if (saves) this.saved = Math.max(this.saved, index);
    this.committed.add(index);
    while (this.committed.delete(this.settled)) this.settled += 1;
  }
}
