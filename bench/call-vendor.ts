/** A vendor that does nothing but count how it is called. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CallCounts {
  readonly calls: number;
  /** Most calls in any span of the window, and most under way at one time. */
  readonly mostInWindow: number;
  readonly mostAtOnce: number;
  /** Calls that came while the window or the slots were full already. */
  readonly beyondRate: number;
  readonly beyondSlots: number;
}

export interface CallVendor {
  readonly url: string;
  counts(): CallCounts;
  stop(): Promise<void>;
}

/** Counts every call when it is met, by its own clock, and answers after `answerMs`. */
export async function startCallVendor(
  limits: { permits: number | null; windowMs: number; slots: number; onCall?: (calls: number) => void },
  answerMs: () => number,
): Promise<CallVendor> {
  const times: number[] = [];
  let first = 0;
  let under = 0;
  let mostInWindow = 0;
  let mostAtOnce = 0;
  let beyondRate = 0;
  let beyondSlots = 0;
  const server = createServer((request, response) => {
    const now = performance.now();
    times.push(now);
    while ((times[first] ?? now) <= now - limits.windowMs) first += 1;
    const inWindow = times.length - first;
    under += 1;
    mostInWindow = Math.max(mostInWindow, inWindow);
    mostAtOnce = Math.max(mostAtOnce, under);
    if (limits.permits !== null && inWindow > limits.permits) beyondRate += 1;
    if (under > limits.slots) beyondSlots += 1;
    limits.onCall?.(times.length);
    request.resume();
    setTimeout(() => {
      under -= 1;
      response.end('{}');
    }, answerMs());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    counts: () => ({ calls: times.length, mostInWindow, mostAtOnce, beyondRate, beyondSlots }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
