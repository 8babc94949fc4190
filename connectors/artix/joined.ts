/** The dictionaries of several shops, each carried out by itself, as one: what one shop clears is still there in another. */
import type { RejectedRecord } from '../../core/contract.ts';
import type { Left, Replay } from './replay.ts';
import type { CommandStream } from './rows.ts';

/** What is left of one key, and the shop that says so. */
export interface JoinedLeft extends Left {
  readonly replay: Replay;
}

export class Joined {
  private readonly replays: readonly Replay[];
  private readonly wholeHistory: boolean;
  private readonly known = new Map<CommandStream, ReadonlyMap<string, JoinedLeft>>();

  /** The replays in the order of the directories. `wholeHistory`: each holds all that was ever loaded. */
  constructor(replays: readonly Replay[], wholeHistory: boolean) {
    this.replays = replays;
    this.wholeHistory = wholeHistory;
  }

  get rejected(): readonly RejectedRecord[] {
    return this.replays.flatMap(({ rejected }) => rejected);
  }

  get passedOver(): number {
    return this.replays.reduce((sum, { passedOver }) => sum + passedOver, 0);
  }

  /** Whether what no shop names is nowhere. */
  proven(stream: CommandStream): boolean {
    return this.replays.every((replay) => this.provenIn(replay, stream));
  }

  /** Which file broke off, so that nobody can tell what else is there; null: none that matters. */
  doubt(stream: CommandStream): string | null {
    return this.replays.map((replay) => replay.dictionary(stream).doubt).find((doubt) => doubt !== null) ?? null;
  }

  left(stream: CommandStream): ReadonlyMap<string, JoinedLeft> {
    const known = this.known.get(stream) ?? this.join(stream);
    this.known.set(stream, known);
    return known;
  }

  private provenIn(replay: Replay, stream: CommandStream): boolean {
    const { cleared, doubt } = replay.dictionary(stream);
    return doubt === null && (this.wholeHistory || cleared);
  }

  private join(stream: CommandStream): ReadonlyMap<string, JoinedLeft> {
    const joined = new Map<string, JoinedLeft>();
    for (const replay of this.replays) {
      for (const [key, one] of replay.dictionary(stream).left) {
        const before = joined.get(key);
        if (before === undefined || rank(one) > rank(before)) joined.set(key, { ...one, replay });
      }
    }
    for (const [key, { deleted }] of joined) if (deleted && !this.goneFrom(stream, key)) joined.delete(key);
    return joined;
  }

  /** A shop that does not name the key, and may hold more than its files say, may still have it. */
  private goneFrom(stream: CommandStream, key: string): boolean {
    return this.replays.every((replay) => replay.dictionary(stream).left.has(key) || this.provenIn(replay, stream));
  }
}

/** There before deleted, and all of it before single changes; of equals the directory that is named first. */
const rank = ({ deleted, whole }: Left): number => (deleted ? 0 : whole ? 2 : 1);
