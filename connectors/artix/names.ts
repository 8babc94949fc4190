/** Base names of exchange files: a stamp of time, never given twice. */
import type { Clock, Context } from '../../core/context.ts';
import type { FileSettings } from './settings-commands.ts';

const COUNTS = 1000;

/** The last name given: its time in UTC ms and its number within that time. */
interface Stamp {
  time: number;
  count: number;
}

/** Names are as unique as the clock that stamps them: every exchange of a directory under one clock counts on from the others. */
const stamps = new WeakMap<Clock, Map<string, Stamp>>();

function stampFor(clock: Clock, directory: string): Stamp {
  const known = stamps.get(clock) ?? new Map<string, Stamp>();
  stamps.set(clock, known);
  const stamp = known.get(directory) ?? { time: 0, count: 0 };
  known.set(directory, stamp);
  return stamp;
}

/** Gives base names in rising order, each free in all the directories and new under this clock. */
export function namer(ctx: Context, file: FileSettings, directories: readonly string[]): () => Promise<string> {
  const counted = file.pattern.includes('{count}');
  const step = file.pattern.includes('{ms}') ? 1 : 1000;
  const stamp = stampFor(ctx.clock, directories.join('\n'));

  function next(): string {
    const now = Math.floor(ctx.clock.now() / step) * step;
    if (now > stamp.time) Object.assign(stamp, { time: now, count: 0 });
    const base = baseName(file, stamp.time, stamp.count);
    stamp.count += 1;
    if (!counted || stamp.count === COUNTS) Object.assign(stamp, { time: stamp.time + step, count: 0 });
    return base;
  }

  return async () => {
    for (;;) {
      const base = next();
      const names = [file.dataExtension, file.flagExtension].map((extension) => `${base}.${extension}`);
      const there = await Promise.all(directories.flatMap((directory) => names.map((name) => ctx.files.exists(directory, name))));
      if (!there.includes(true)) return base;
    }
  };
}

function baseName(file: FileSettings, time: number, count: number): string {
  const digits = new Date(time).toISOString().replace(/\D/g, '');
  return file.pattern.replace('{stamp}', digits.slice(0, 14)).replace('{ms}', digits.slice(14)).replace('{count}', String(count).padStart(3, '0'));
}

/** The time in a base name, UTC ms to the second; null when it is not of our making. */
export function stampOf(file: FileSettings, base: string): number | null {
  const start = file.pattern.indexOf('{stamp}');
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(base.slice(start));
  if (match === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
