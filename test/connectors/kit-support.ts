import type { Batch, Json, PullRequest, PushOperation, PushResult, RejectedRecord, Stream, System, VendorRecord } from '../../core/contract.ts';

/** An operation with everything the contract demands. */
export function operation(part: Partial<PushOperation> & Pick<PushOperation, 'action'>): PushOperation {
  return { id: 'operation-1', fields: {}, idempotencyKey: 'key-1', ...part };
}

/** Everything a reading yields. */
export interface Reading {
  readonly batches: readonly Batch[];
  readonly records: ReadonlyMap<string, readonly VendorRecord[]>;
  readonly rejected: readonly RejectedRecord[];
  readonly complete: Batch['complete'] | null;
  readonly error: unknown;
}

/** Reads to the end, or to the error. */
export async function readAll(
  system: System,
  reading: string,
  options: { checkpoint?: Json | null; signal?: AbortSignal } & Pick<PullRequest, 'recognise'> = {},
): Promise<Reading> {
  const batches: Batch[] = [];
  const records = new Map<string, VendorRecord[]>();
  let error: unknown = null;
  const signal = options.signal ?? new AbortController().signal;
  try {
    for await (const batch of system.pull(
      { reading, full: true, ...(options.recognise === undefined ? {} : { recognise: options.recognise }) },
      options.checkpoint ?? null,
      signal,
    )) {
      batches.push(batch);
      for (const [stream, list] of batch.records) records.set(stream, [...(records.get(stream) ?? []), ...list]);
    }
  } catch (thrown) {
    error = thrown;
  }
  const rejected = batches.flatMap((batch) => [...batch.rejected]);
  return { batches, records, rejected, complete: batches.at(-1)?.complete ?? null, error };
}

/** The stream of a system, which must be there. */
export function streamOf(system: System, name: string): Stream {
  const stream = system.streams.find((candidate) => candidate.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}

/** Sends operations; `taken` hears of each as the connector takes it. */
export async function pushAll(
  stream: Stream,
  operations: readonly PushOperation[],
  options: {
    taken?: (operation: PushOperation) => void;
    signal?: AbortSignal;
    result?: (result: PushResult) => void;
  } = {},
): Promise<PushResult[]> {
  if (stream.push === undefined) throw new Error(`stream ${stream.name} takes nothing`);
  const source = async function* (): AsyncGenerator<PushOperation> {
    for (const one of operations) {
      options.taken?.(one);
      yield one;
    }
  };
  const results: PushResult[] = [];
  for await (const result of stream.push(source(), options.signal ?? new AbortController().signal)) {
    results.push(result);
    options.result?.(result);
  }
  return results;
}

/** An error with its causes as text, as a careless log would print it. */
export function textOf(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one !== undefined && one !== null; one = (one as { cause?: unknown }).cause) {
    parts.push(String(one), JSON.stringify(one));
  }
  return parts.join('\n');
}

/** What a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error,
  );
}
