/** This process's share in the calls to a system: what it holds, what of it is in use, and how much it should let others have. */
import { fairShare, type ShareRow, type Units } from '../../canonical/stores/calls.ts';

/** With more processes than units, one unit is kept for at least so long. */
const TURN_MS = 200;

/** Slots or permits of one process. Units in use are never given back. */
export class Share {
  held = 0;
  /** What may be in use: less than `held` while some of it is wanted elsewhere. */
  target = 0;
  inUse = 0;
  private since = 0;

  get free(): number {
    return Math.max(0, Math.min(this.target, this.held) - this.inUse);
  }

  /** There is something to give back at once. */
  get canGive(): boolean {
    return this.held > Math.max(this.target, this.inUse);
  }

  /** From here on only this is held; the answer of the store may add to it. Everything idle is let go where `all`. */
  settleOn(all: boolean): number {
    this.held = Math.min(this.held, Math.max(all ? 0 : this.target, this.inUse));
    this.target = Math.min(this.target, this.held);
    return this.held;
  }

  /** What the store says is held now; and how much of that is kept, seeing what others have and want. */
  take(held: number, limit: number, unit: keyof Units, others: readonly ShareRow[], now: number): void {
    if (this.held === 0 && held > 0) this.since = now;
    this.held = held;
    this.target = held - this.excess(limit, unit, others, now);
  }

  private excess(limit: number, unit: keyof Units, others: readonly ShareRow[], now: number): number {
    const free = limit - this.held - others.reduce((sum, row) => sum + row[unit], 0);
    // The limit was lowered: whoever notices gives back first.
    if (free < 0) return Math.min(this.held, -free);
    const fair = fairShare(limit, others);
    const wanted = others.reduce((sum, row) => sum + Math.min(row[`wants_${unit}`], Math.max(0, fair - row[unit])), 0) - free;
    const over = Math.min(Math.max(0, this.held - fair), Math.max(0, wanted));
    const starving = others.filter((row) => row[`waits_${unit}`] !== null).length - free;
    const mayTurn = fair === 1 && starving > 0 && now - this.since >= TURN_MS;
    return mayTurn ? Math.max(over, 1) : over;
  }
}

/** Permits stay in use until a whole window after the answer: the vendor counted the call at some moment between sending and answer. */
export class Cooling {
  private readonly ends: number[] = [];
  private first = 0;

  /** When the next one is cold; null where none is cooling. */
  get next(): number | null {
    return this.ends[this.first] ?? null;
  }

  /** When all are. */
  get last(): number {
    return this.ends.at(-1) ?? 0;
  }

  add(end: number): void {
    this.ends.push(Math.max(end, this.last));
  }

  /** Takes out those that are cold; answers how many. */
  cold(now: number): number {
    const before = this.first;
    while (this.first < this.ends.length && (this.ends[this.first] ?? now) <= now) this.first += 1;
    const count = this.first - before;
    if (this.first > 4096) {
      this.ends.splice(0, this.first);
      this.first = 0;
    }
    return count;
  }
}
