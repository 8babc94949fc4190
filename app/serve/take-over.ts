/** Several processes on one machine have one configuration: one of them listens at an address, and another takes over when it ends. */
import { isInUse } from '../adapters/bind.ts';
import type { ServeContext } from './service.ts';

/** How often it is tried. */
const TAKE_OVER_MS = 2000;

/** Listens as soon as the address is free; null when the signal aborted before. What else keeps `open` from listening is thrown. */
export async function takeOver<T>(open: () => Promise<T>, { log, clock }: Pick<ServeContext, 'log' | 'clock'>, signal: AbortSignal): Promise<T | null> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return await open();
    } catch (error) {
      if (!isInUse(error)) throw error;
      const { message } = error as Error;
      if (!told) log.warn('an address is taken, as by another `sverka serve`: this process takes over as soon as it is free', { what: message });
    }
    await clock.sleep(TAKE_OVER_MS, signal).catch(() => undefined);
  }
  return null;
}
