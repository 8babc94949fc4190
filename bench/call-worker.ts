/** One of several processes that call a vendor through the same store. Arguments: a JSON document. */
import { setMaxListeners } from 'node:events';
import { systemClock } from '../app/adapters/clock.ts';
import { createHttp } from '../app/adapters/http.ts';
import { gateOf } from '../app/calls/gates.ts';
import type { Limits } from '../app/calls/limits.ts';
import { openStore, type StoreOptions } from '../canonical/open.ts';
import { SverkaError } from '../core/errors.ts';

export interface WorkerTask {
  readonly store: StoreOptions;
  readonly url: string;
  readonly calls: number;
  readonly atOnce: number;
  readonly limits: Limits;
}

const task = JSON.parse(process.argv[2] ?? '{}') as WorkerTask;
const store = await openStore(task.store);
const gate = gateOf(store, 'vendor', task.limits, systemClock);
const http = createHttp({ clock: systemClock, timeoutMs: task.limits.timeoutMs, maxResponseBytes: 1_000_000, insecure: false, budget: gate });
const { signal } = new AbortController();
setMaxListeners(0, signal);
let left = task.calls;
let made = 0;
let refused: string | null = null;

async function call(): Promise<void> {
  while (left > 0 && refused === null) {
    left -= 1;
    try {
      await http.send({ method: 'GET', url: task.url }, signal);
      made += 1;
    } catch (error) {
      refused = error instanceof SverkaError ? error.code : String(error);
    }
  }
}

await Promise.all(Array.from({ length: task.atOnce }, call));
await store.close();
process.stdout.write(`${JSON.stringify({ made, refused })}\n`);
