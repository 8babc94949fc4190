/** Files that people save: told once for a burst of changes, also where an editor writes a new file and renames it. */
import { watch } from 'chokidar';

/** A file is taken as written when its size stood still for so long. */
const SETTLED_MS = 60;
const POLL_MS = 20;
/** Changes that follow one another so closely are one. */
const BURST_MS = 40;

export interface Watched {
  /** Resolves when all is watched: what is saved from here on is told. */
  readonly ready: Promise<void>;
  /** Resolves with the next change, at once where one came meanwhile; false when the signal has aborted. */
  next(): Promise<boolean>;
  close(): Promise<void>;
}

/** Watches directories and files with the endings of mappings and records. */
export function watchFiles(paths: readonly string[], signal: AbortSignal): Watched {
  const watcher = watch([...paths], {
    ignoreInitial: true,
    atomic: true,
    awaitWriteFinish: { stabilityThreshold: SETTLED_MS, pollInterval: POLL_MS },
    ignored: (path, stats) => (stats?.isFile() ?? false) && !/\.(?:ya?ml|jsonl?|ndjson)$/.test(path),
  });
  let waiting: ((changed: boolean) => void) | null = null;
  let changed = false;
  let timer: NodeJS.Timeout | null = null;
  const tell = (): void => {
    timer = null;
    changed = waiting === null;
    waiting?.(true);
    waiting = null;
  };
  watcher.on('all', () => {
    timer ??= setTimeout(tell, BURST_MS);
  });
  // What cannot be watched any more (a directory that is gone) is seen when it is read.
  watcher.on('error', () => undefined);
  signal.addEventListener('abort', () => waiting?.(false), { once: true });
  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    next: () => {
      if (signal.aborted) return Promise.resolve(false);
      const now = changed;
      changed = false;
      return now
        ? Promise.resolve(true)
        : new Promise((resolve) => {
            waiting = resolve;
          });
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      await watcher.close();
    },
  };
}
