/** Progress bars on a terminal; silence otherwise. */
import type { SingleBar } from 'cli-progress';
import type { Progress } from '../../pipeline/setup.ts';
import type { Io } from './host.ts';

export interface ShownProgress extends Progress {
  /** Takes the bars away, so that what follows is printed below them. */
  stop(): void;
}

const SILENT: ShownProgress = {
  reading: () => undefined,
  step: () => undefined,
  delivering: () => undefined,
  stop: () => undefined,
};

/** Bars by reading, step and delivery, on stderr. */
export async function progressOn(io: Io, wanted: boolean): Promise<ShownProgress> {
  if (!wanted || !io.errTty) return SILENT;
  const { MultiBar, Presets } = (await import('cli-progress')).default;
  const multi = new MultiBar(
    {
      format: '{name} {bar} {value}{of} {eta_formatted}',
      hideCursor: true,
      clearOnComplete: false,
      stopOnComplete: false,
      stream: process.stderr,
      barsize: 24,
    },
    Presets.shades_grey,
  );
  const bars = new Map<string, SingleBar>();
  const show = (name: string, done: number, total: number | null): void => {
    const most = Math.max(total ?? 0, done, 1);
    const shown = { name: name.padEnd(24), of: total === null ? '' : `/${total}` };
    let bar = bars.get(name);
    if (bar === undefined) {
      bar = multi.create(most, done, shown);
      bars.set(name, bar);
    }
    bar.setTotal(most);
    bar.update(done, shown);
  };
  return {
    reading: (system, reading, done, total) => show(`read ${system} ${reading}`, done, total),
    step: (name, done, total) => show(name, done, total),
    delivering: (system, stream, done, total) => show(`write ${system} ${stream}`, done, total),
    stop: () => multi.stop(),
  };
}
