/** Several processes call one vendor through one store, and the vendor counts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StoreOptions } from '../canonical/open.ts';
import { type CallCounts, startCallVendor } from './call-vendor.ts';
import type { WorkerTask } from './call-worker.ts';

export interface CallsOptions {
  readonly calls: number;
  readonly workers: number;
  /** Calls a second; null: without a limit. */
  readonly rate: number | null;
  readonly slots: number;
  readonly perDay: number | null;
  readonly store: StoreOptions;
  /** The zone in which it is noon, so that no test runs at midnight. */
  readonly zone: string;
  /** Kills one of the workers once the vendor has met so many calls. */
  readonly killAfter?: { readonly worker: number; readonly calls: number };
}

export interface CallsResult extends CallCounts {
  readonly seconds: number;
  readonly workers: readonly { readonly made: number; readonly refused: string | null }[];
}

/** Runs the workers to their end. A worker that is killed counts as having made nothing. */
export async function manyWorkers(options: CallsOptions): Promise<CallsResult> {
  const windowMs = 1000;
  const children: ChildProcess[] = [];
  const { killAfter } = options;
  const onCall = (calls: number): void => {
    if (calls === killAfter?.calls) children[killAfter.worker]?.kill('SIGKILL');
  };
  const vendor = await startCallVendor({ permits: options.rate, windowMs, slots: options.slots, onCall }, () => Math.random() * 8);
  const limits = {
    concurrency: options.slots,
    permits: options.rate,
    windowMs,
    perDay: options.perDay,
    quiet: [],
    zone: options.zone,
    timeoutMs: 5000,
    clockErrorMs: 0,
  };
  const began = performance.now();
  try {
    const each = Math.ceil(options.calls / options.workers);
    const workers = await Promise.all(
      Array.from({ length: options.workers }, (_, index) =>
        worker({ store: options.store, url: vendor.url, calls: each, atOnce: Math.max(2, options.slots), limits }, (child) => {
          children[index] = child;
        }),
      ),
    );
    return { ...vendor.counts(), seconds: (performance.now() - began) / 1000, workers };
  } finally {
    await vendor.stop();
  }
}

function worker(task: WorkerTask, started: (child: ChildProcess) => void): Promise<{ made: number; refused: string | null }> {
  const file = fileURLToPath(new URL('./call-worker.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    started(child);
    child.once('error', reject);
    child.once('close', () => resolve(said === '' ? { made: 0, refused: 'killed' } : (JSON.parse(said) as { made: number; refused: string | null })));
  });
}
