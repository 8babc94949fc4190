/** What a gate asks the store for, and the clocks it lives by. */
import type { DayAsk, PauseRow, ShareAnswer, Units } from '../../canonical/stores/calls.ts';

export interface GateWorld {
  /** One turn at the store; throws `StoreError`. */
  turn(keeps: Units, wants: Units, day: DayAsk | null): Promise<ShareAnswer>;
  peek(day: string): Promise<{ readonly pause: PauseRow | null; readonly used: number }>;
  /** Notes the others' signs of life. */
  look(answer: ShareAnswer): void;
  /** UTC ms, for quiet hours and days. */
  now(): number;
  /** Ms that only go on. */
  steady(): number;
  /** Calls back after `ms` unless cancelled; does not keep the process alive where `idle`. */
  later(ms: number, idle: boolean, fn: () => void): () => void;
}
