/** What the two command routes share: operations are gathered into loads, and each load is carried by a file or by a call. */
import type { Context } from '../../core/context.ts';
import type { Intend, Outcome, PushOperation, PushResult, WireBody } from '../../core/contract.ts';
import { beforeWriting, interrupted, outcomeOf } from '../shared/call.ts';
import { type Built, buildCommands, formOf } from './commands.ts';
import type { CommandStream } from './rows.ts';
import type { ArtixSettings } from './settings.ts';
import type { CommandForm } from './settings-commands.ts';
import { keyMissing } from './write.ts';

/** Reads one object of the cash server; null when there is none. */
export type Lookup = (key: string, signal: AbortSignal) => Promise<WireBody | null>;

/** A route that carries commands, of one system. */
export interface Exchange {
  /** Sends operations, several in one load. `lookup` guards what is created: adding over a known id replaces it. */
  push(stream: CommandStream, operations: AsyncIterable<PushOperation>, lookup: Lookup | null, signal: AbortSignal, intend?: Intend): AsyncIterable<PushResult>;
  /**
   * Sends commands as one load whatever their number; the handle of an accepted one is that of the load as a whole. `intend` is awaited
   * with its name before it leaves.
   */
  whole(commands: AsyncIterable<string>, signal: AbortSignal, intend?: (base: string) => Promise<void>): Promise<Outcome>;
  /**
   * What became of a load. `exists` looks the created object up where the cash server can be read: that a load was taken does not
   * say that each of its commands was. `readBack`: the stream can be read, so no word of anybody settles what was sent.
   */
  confirm(handle: string, exists: Exists | null, readBack: boolean): Promise<Outcome | 'pending'>;
  /** Tries the way without loading anything; a remark where it cannot tell whether loads would be taken. Throws `ConnectionError`. */
  probe(signal: AbortSignal): Promise<string | null>;
  /** Loads that lie there to be taken. Throws `ConnectionError`. */
  waiting(): Promise<number>;
}

export type Exists = (key: string) => Promise<boolean>;

/** What became of a load when it was sent: `base` names it in handles; `done`: the vendor has said already that all of it is loaded. */
export type Sent = { readonly base: string; readonly done?: boolean } | Outcome;

export interface Loading {
  readonly ctx: Context;
  readonly settings: ArtixSettings;
  readonly route: CommandForm;
  readonly manyShops: boolean;
  /** Names the next load, or says why none can be sent. */
  name(): Promise<{ readonly base: string } | Outcome>;
  send(base: string, commands: readonly string[], signal: AbortSignal): Promise<Sent>;
  /** Whether a stream is read from the cash server. */
  readBack(stream: CommandStream): boolean;
  /** Whether another load may be sent now. Where it may not, operations are not taken, and go with a later run. */
  free?(): Promise<boolean>;
}

/** Gathers operations into loads; each gets its outcome when its load was sent. */
export async function* pushLoads(
  loading: Loading,
  stream: CommandStream,
  operations: AsyncIterable<PushOperation>,
  lookup: Lookup | null,
  signal: AbortSignal,
  intend?: Intend,
): AsyncGenerator<PushResult, void, undefined> {
  const free = async (): Promise<boolean> => (await loading.free?.()) ?? true;
  if (!(await free())) return;
  let batch: Prepared[] = [];
  for await (const operation of operations) {
    const prepared = await prepare(loading, stream, lookup, operation, signal);
    if ('kind' in prepared) yield { operationId: operation.id, outcome: prepared };
    else batch.push(prepared);
    if (batch.length < loading.route.batch && !signal.aborted) continue;
    yield* flush(loading, stream, batch, lookup, signal, intend);
    batch = [];
    // Leaving the loop here takes no further operation.
    if (!(await free())) return;
  }
  yield* flush(loading, stream, batch, lookup, signal, intend);
}

async function* flush(
  loading: Loading,
  stream: CommandStream,
  batch: readonly Prepared[],
  lookup: Lookup | null,
  signal: AbortSignal,
  intend?: Intend,
): AsyncGenerator<PushResult, void, undefined> {
  if (batch.length === 0) return;
  const commands = batch.flatMap((part) => part.commands);
  const sent = await sendIntended(loading, commands, signal, async (base) => {
    await intend?.(new Map(batch.map(({ operationId, key }) => [operationId, formatHandle({ base, intended: true, ...(key !== undefined && { key }) })])));
  });
  for (const part of batch)
    yield { operationId: part.operationId, outcome: 'base' in sent ? await outcomeIn(sent, part, lookup, loading.readBack(stream), signal) : sent };
}

/**
 * Sends a load whose name was stored first: a run that is killed in between leaves what can be looked for. What the store throws is
 * nobody's answer, and goes on.
 */
export async function sendIntended(
  loading: Pick<Loading, 'ctx' | 'name' | 'send'>,
  commands: readonly string[],
  signal: AbortSignal,
  intend: (base: string) => Promise<void>,
): Promise<Sent> {
  let named: Awaited<ReturnType<Loading['name']>>;
  try {
    if (signal.aborted) throw interrupted(loading.ctx, signal);
    named = await loading.name();
  } catch (error) {
    return outcomeOf(error);
  }
  if (!('base' in named)) return named;
  await intend(named.base);
  try {
    return await loading.send(named.base, commands, signal);
  } catch (error) {
    return outcomeOf(error);
  }
}

/** What a run settles by reading the stream: what was said of it is no answer. */
export const TO_READ_BACK: Outcome = { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' };

/** Of a load that is said to be loaded, what was created is looked up where it can be; what is not seen yet is asked about later. */
async function outcomeIn(
  sent: Extract<Sent, { base: string }>,
  { key }: Prepared,
  lookup: Lookup | null,
  readBack: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const accepted: Outcome = { kind: 'accepted', handle: formatHandle({ base: sent.base, ...(key !== undefined && { key }) }) };
  if (sent.done !== true) return accepted;
  if (key === undefined) return readBack ? TO_READ_BACK : { kind: 'applied' };
  try {
    return lookup === null || (await lookup(key, signal)) !== null ? { kind: 'applied', key } : accepted;
  } catch {
    return accepted;
  }
}

/** An operation as commands. */
interface Prepared {
  readonly operationId: string;
  readonly commands: readonly string[];
  /** The key of what is created. */
  readonly key?: string;
}

async function prepare(
  { settings, route, manyShops }: Loading,
  stream: CommandStream,
  lookup: Lookup | null,
  operation: PushOperation,
  signal: AbortSignal,
): Promise<Prepared | Outcome> {
  const missing = keyMissing(operation);
  if (missing !== null) return missing;
  let built: Built;
  try {
    const existing = async (key: string): Promise<WireBody | null> => (lookup === null ? null : beforeWriting(() => lookup(key, signal)));
    built = await buildCommands(stream, { settings, form: formOf(route), opensAccounts: route.openAccounts, manyShops, operation, existing });
  } catch (error) {
    return outcomeOf(error);
  }
  if ('kind' in built) return built;
  const { commands, key } = built;
  return {
    operationId: operation.id,
    commands: commands.map((command) => JSON.stringify(command)),
    ...(operation.action === 'create' && { key }),
  };
}

/** Where an accepted operation is: the name of its load, and the key of what it creates; or a load as a whole. */
export interface Handle {
  readonly base: string;
  readonly key?: string;
  readonly whole?: boolean;
  /** Stored before the load left: that it is not there says nothing. */
  readonly intended?: boolean;
}

const INTENDED = '?';

/** `base`, `base:key`, or `base:` for a load as a whole, behind a `?` where it may never have left; a base has no colon and no `?`. */
export function formatHandle({ base, key, whole, intended }: Handle): string {
  const handle = whole === true ? `${base}:` : key === undefined ? base : `${base}:${key}`;
  return intended === true ? `${INTENDED}${handle}` : handle;
}

export function parseHandle(handle: string): Handle {
  if (handle.startsWith(INTENDED)) return { ...parseHandle(handle.slice(INTENDED.length)), intended: true };
  const colon = handle.indexOf(':');
  if (colon < 0) return { base: handle };
  const [base, key] = [handle.slice(0, colon), handle.slice(colon + 1)];
  return key === '' ? { base, whole: true } : { base, key };
}
