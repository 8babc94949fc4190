import type { Clock } from '../../core/context.ts';

/** Soon enough for a person who cancels a run, and many times within the shortest lease. */
const EVERY_MS = 1500;

/** Calls `beat` every one and a half seconds, one at a time, until what it gives back is called. A beat that throws is a defect, and ends the beating. */
export function heartbeat(clock: Clock): (beat: () => Promise<void>) => () => void {
  return (beat) => {
    const end = new AbortController();
    const go = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(EVERY_MS, end.signal);
        await beat();
      }
    };
    // Ended by the caller.
    go().catch(() => undefined);
    return () => end.abort();
  };
}
