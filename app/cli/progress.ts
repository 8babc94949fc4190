/** Progress bars on a terminal; silence otherwise. */
import type { MultiBar, SingleBar } from 'cli-progress';
import type { Progress } from '../../pipeline/setup.ts';
import type { Io } from './host.ts';

export interface ShownProgress extends Progress {
  /** Writes a line above the bars. */
  write(text: string): void;
  /** Takes the bars away while `fn` has the terminal: a question is asked. */
  hold<T>(fn: () => Promise<T>): Promise<T>;
  /** Takes the bars away for good, so that what follows is printed below them. */
  stop(): void;
}

/** Bars by reading, step and delivery, on stderr; only where that is a terminal. */
export async function progressOn(io: Io, wanted: boolean): Promise<ShownProgress> {
  if (!wanted || !io.errTty) return silent(io);
  const { MultiBar, Presets } = (await import('cli-progress')).default;
  return new Bars(io, () => new MultiBar(OPTIONS, Presets.shades_grey));
}

const OPTIONS = {
  format: '{name} {bar} {value}{of}',
  hideCursor: true,
  clearOnComplete: false,
  stopOnComplete: false,
  stream: process.stderr,
  barsize: 24,
};

function silent(io: Io): ShownProgress {
  const nothing = (): void => undefined;
  return { reading: nothing, step: nothing, delivering: nothing, write: io.err, hold: (fn) => fn(), stop: nothing };
}

class Bars implements ShownProgress {
  private readonly io: Io;
  private readonly make: () => MultiBar;
  private readonly bars = new Map<string, SingleBar>();
  private multi: MultiBar | null = null;
  private quiet = false;

  constructor(io: Io, make: () => MultiBar) {
    this.io = io;
    this.make = make;
  }

  reading(system: string, reading: string, done: number, total: number | null): void {
    this.show(`read ${system} ${reading}`, done, total);
  }

  step(name: string, done: number, total: number | null): void {
    this.show(name, done, total);
  }

  delivering(system: string, stream: string, done: number, total: number): void {
    this.show(`write ${system} ${stream}`, done, total);
  }

  write(text: string): void {
    if (this.multi === null) this.io.err(text);
    else this.multi.log(text);
  }

  async hold<T>(fn: () => Promise<T>): Promise<T> {
    this.stop();
    try {
      return await fn();
    } finally {
      this.quiet = false;
    }
  }

  stop(): void {
    this.quiet = true;
    this.multi?.stop();
    this.multi = null;
    this.bars.clear();
  }

  private show(name: string, done: number, total: number | null): void {
    if (this.quiet) return;
    const most = Math.max(total ?? 0, done, 1);
    const shown = { name: name.padEnd(24), of: total === null ? '' : `/${total}` };
    this.multi ??= this.make();
    let bar = this.bars.get(name);
    if (bar === undefined) {
      bar = this.multi.create(most, done, shown);
      this.bars.set(name, bar);
    }
    bar.setTotal(most);
    bar.update(done, shown);
  }
}
