/** Keeps the process small where much is read and soon forgotten: left to itself, the heap grows to several times of what is in use. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** From here on it is worth a look, bytes. */
const SMALL = 128 * 1024 * 1024;

/** To be called between two pieces of work: collects what is not in use any more, once it may be more than what is. */
export function memoryKeeper(): () => void {
  let collect: (() => void) | null = null;
  let inUse = 0;
  return () => {
    if (process.memoryUsage().heapUsed < Math.max(SMALL, inUse * 2)) return;
    if (collect === null) {
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as () => void;
    }
    collect();
    inUse = process.memoryUsage().heapUsed;
  };
}
