import { createBudget } from '../../app/adapters/budget.ts';
import { localFiles } from '../../app/adapters/files.ts';
import { createHttp } from '../../app/adapters/http.ts';
import type { Clock, Context, LogFacts, Logger } from '../../core/context.ts';
import type { Notices } from '../../core/notices.ts';

/** A clock whose sleeps return at once and move virtual time forward; `slept` lists them in milliseconds. */
export interface TestClock extends Clock {
  readonly slept: number[];
  /** Moves virtual time. */
  advance(ms: number): void;
}

export function testClock(start = Date.UTC(2024, 0, 15, 9, 0, 0)): TestClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    // Every look moves time by a millisecond, so that intervals are never empty.
    now: () => now++,
    advance(ms) {
      now += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

/** A random number in [0, 1) from a seed (mulberry32): the same seed, the same numbers. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One line of a log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: LogFacts;
}

/** A context over real sockets, with virtual time for waiting, a seeded random and a log kept in `lines`. */
export interface TestContext extends Context {
  readonly clock: TestClock;
  readonly lines: LogLine[];
}

export interface TestContextOptions {
  readonly system?: string;
  readonly zone?: string;
  readonly concurrency?: number;
  readonly seed?: number;
  readonly timeoutMs?: number;
  readonly maxResponseBytes?: number;
  readonly clock?: TestClock;
  readonly ask?: (question: string) => Promise<string | null>;
  readonly notices?: Notices;
}

export function testContext(options: TestContextOptions = {}): TestContext {
  const clock = options.clock ?? testClock();
  const random = seededRandom(options.seed ?? 1);
  const concurrency = options.concurrency ?? 4;
  const lines: LogLine[] = [];
  let ids = 0;
  return {
    system: options.system ?? 'crm',
    version: '0.0.0-test',
    zone: options.zone ?? 'Europe/Moscow',
    clock,
    lines,
    random,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    http: createHttp({
      clock,
      timeoutMs: options.timeoutMs ?? 10_000,
      maxResponseBytes: options.maxResponseBytes ?? 32 * 2 ** 20,
      insecure: false,
      budget: createBudget({ clock, concurrency }),
    }),
    files: localFiles,
    ...(options.notices === undefined ? {} : { notices: options.notices }),
    log: collectingLogger(lines),
    concurrency,
    ask: options.ask ?? (async () => null),
  };
}

function collectingLogger(lines: LogLine[]): Logger {
  const at =
    (level: LogLine['level']) =>
    (message: string, facts: LogFacts = {}): void => {
      lines.push({ level, message, facts });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
