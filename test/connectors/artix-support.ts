import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { artix } from '../../connectors/artix/index.ts';
import type { Batch, PushOperation, PushResult, Stream, System, VendorRecord } from '../../core/contract.ts';
import { type ArtixOptions, ArtixSandbox } from '../../sandbox/artix/index.ts';
import { type TestContext, testContext } from '../support/context.ts';

const LOGIN = { login: 'admin', password: 'sandbox-artix-password' };

export interface Rig {
  readonly sandbox: ArtixSandbox;
  readonly url: string;
  readonly directory: string;
  readonly ctx: TestContext;
  /** Opens a system; `rest`, `accounts` and `file` are laid over what reaches the sandbox, null leaves a part out. */
  open(settings?: Settings): System;
}

type Part = Record<string, unknown> | null;
export type Settings = Record<string, unknown> & { rest?: Part; accounts?: Part; file?: Part };

/** A running sandbox with an exchange directory; everything is gone when the test ends. */
export async function rig(options: Partial<ArtixOptions> = {}): Promise<Rig> {
  const sandbox = new ArtixSandbox(options);
  const { url } = await sandbox.start();
  const directory = await mkdtemp(join(tmpdir(), 'artix-'));
  sandbox.watch(directory);
  onTestFinished(async () => {
    await sandbox.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const ctx = testContext();
  const part = (base: Record<string, unknown>, over: Part | undefined): Part => (over === null ? null : { ...base, ...over });
  return {
    sandbox,
    url,
    directory,
    ctx,
    open: (settings = {}) => {
      const parts = {
        rest: part({ url: `${url}/CSrest/rest/`, ...LOGIN }, settings.rest),
        accounts: part({ url: `${url}/ACC/rest/v1`, ...LOGIN }, settings.accounts),
        file: part({ directory }, settings.file),
      };
      const present = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null));
      const { rest: _rest, accounts: _accounts, file: _file, ...own } = settings;
      return artix.open(artix.settings.parse({ defaultCardGroup: '1', ...own, ...present }), ctx);
    },
  };
}

export const signal = new AbortController().signal;

export function streamOf(system: System, name: string): Stream {
  const stream = system.streams.find((one) => one.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}

/** A whole reading. */
export async function pullAll(system: System, reading: string): Promise<{ batches: Batch[]; records: VendorRecord[] }> {
  const batches: Batch[] = [];
  for await (const batch of system.pull({ reading, full: true }, null, signal)) batches.push(batch);
  return { batches, records: batches.flatMap((batch) => batch.records.get(reading) ?? []) };
}

/** Seven kopecks for a card, and its earlier accruals annulled, as somebody at the bonus server does it. */
export async function cancelOthers(url: string, cardNumber: string): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(`${LOGIN.login}:${LOGIN.password}`).toString('base64')}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ sessionId: `cancel-${cardNumber}`, type: 'ADD', amount: 7, cardNumber });
  const { status } = await fetch(`${url}/ACC/rest/v1/assets?cancelOthers=true`, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`the bonus server answered ${status}`);
}

let operations = 0;

export function operation(part: Partial<PushOperation> & Pick<PushOperation, 'action'>): PushOperation {
  operations += 1;
  return { id: `op-${operations}`, fields: {}, idempotencyKey: `key-${operations}`, ...part };
}

export async function push(system: System, stream: string, ...list: PushOperation[]): Promise<PushResult[]> {
  const source = (async function* () {
    yield* list;
  })();
  const results: PushResult[] = [];
  for await (const result of streamOf(system, stream).push?.(source, signal) ?? []) results.push(result);
  return results;
}
