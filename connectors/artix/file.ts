/** Changes of the dictionaries by file: the ArtixInterchange format, a data file and its flag in an exchange directory. */
import type { Context } from '../../core/context.ts';
import type { Outcome, PushOperation, PushResult, WireBody } from '../../core/contract.ts';
import { ConnectionError } from '../../core/errors.ts';
import { interrupted, outcomeOf } from '../shared/call.ts';
import { type Built, buildCommands, formOf } from './commands.ts';
import { namer, stampOf } from './names.ts';
import type { ListStream } from './rows.ts';
import { beforeWriting } from './server.ts';
import type { ArtixSettings, FileSettings } from './settings.ts';
import { keyMissing } from './write.ts';

/** How long to wait before a file that could not be written is tried again. */
const RETRY_MS = 60_000;
const SEPARATOR = '---';
/** Extension of the empty file that says of a pair that we took it back: to be asked once for every operation in it. */
const TAKEN_BACK = 'back';
/** By then every operation of a pair that was taken back has been asked about. */
const FORGET_MS = 30 * 86_400_000;

const NOT_TAKEN: Outcome = { kind: 'retry', ms: 0, code: 'EXCHANGE_NOT_TAKEN' };
const LOST: Outcome = { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' };

/** Where an accepted operation is: the base name of its pair, and the key of what it creates. */
interface Handle {
  readonly base: string;
  readonly key?: string;
}

/** Reads one object of the cash server; null when there is none. */
export type Lookup = (key: string, signal: AbortSignal) => Promise<WireBody | null>;

/** The exchange directory of one system. One object to a process: it never gives two pairs one stamp. */
export interface Exchange {
  /** Sends operations, several in one pair of files. `lookup` guards what is created: adding over a known id replaces it. */
  push(stream: ListStream, operations: AsyncIterable<PushOperation>, lookup: Lookup | null, signal: AbortSignal): AsyncIterable<PushResult>;
  /**
   * What became of a pair. The loader deletes both files when it has taken them, which is all it says. `exists` looks the
   * created object up where the cash server can be read: a file that was refused vanishes just the same. A pair that was not taken in
   * time is taken back: loaded later, it would lay an old value over what was changed there meanwhile.
   */
  confirm(handle: string, exists: ((key: string) => Promise<boolean>) | null): Promise<Outcome | 'pending'>;
  /** Pairs that lie in the directory. Throws `ConnectionError`. */
  waiting(): Promise<number>;
}

export function openExchange(ctx: Context, settings: ArtixSettings, file: FileSettings): Exchange {
  const freeName = namer(ctx, file);

  async function send(commands: readonly string[]): Promise<{ readonly base: string } | Outcome> {
    let base: string;
    try {
      await forgetOld();
      base = await freeName();
      await ctx.files.writeNew(file.directory, `${base}.${file.dataExtension}`, documentOf(file, commands));
    } catch (error) {
      if (error instanceof ConnectionError) return { kind: 'retry', ms: RETRY_MS, code: error.code };
      throw error;
    }
    try {
      await ctx.files.writeNew(file.directory, `${base}.${file.flagExtension}`, '');
    } catch (error) {
      // The data lie there without a flag: normally nothing is loaded, but nobody can promise it.
      if (error instanceof ConnectionError) return { kind: 'unknown', code: error.code };
      throw error;
    }
    ctx.log.info('file written', { system: ctx.system, file: base, commands: commands.length });
    return { base };
  }

  const pathOf = (base: string, extension: string): readonly [directory: string, name: string] => [file.directory, `${base}.${extension}`];

  /** Whether the pair is certainly out of the loader's reach: its flag was still there to be removed, and so were its data. */
  async function takeBack(base: string): Promise<boolean> {
    if (!(await ctx.files.remove(...pathOf(base, file.flagExtension)))) return false;
    if (!(await ctx.files.exists(...pathOf(base, file.dataExtension)))) return false;
    await ctx.files.writeNew(...pathOf(base, TAKEN_BACK), '');
    await ctx.files.remove(...pathOf(base, file.dataExtension));
    ctx.log.warn('a file was not taken in time and was taken back', { system: ctx.system, file: base });
    return true;
  }

  /** What a pair that still lies there after the time means for an operation in it. */
  async function late(base: string): Promise<Outcome | 'pending'> {
    try {
      return (await takeBack(base)) ? NOT_TAKEN : LOST;
    } catch (error) {
      // It may be taken any moment, so nothing else is sent for the same thing.
      if (error instanceof ConnectionError) return 'pending';
      throw error;
    }
  }

  async function forgetOld(): Promise<void> {
    for (const name of await ctx.files.list(file.directory)) {
      const base = name.endsWith(`.${TAKEN_BACK}`) ? name.slice(0, -TAKEN_BACK.length - 1) : '';
      const at = base === '' ? null : stampOf(file, base);
      if (at !== null && ctx.clock.now() - at > FORGET_MS) await ctx.files.remove(...pathOf(base, TAKEN_BACK));
    }
  }

  async function* flush(batch: readonly Prepared[], signal: AbortSignal): AsyncGenerator<PushResult, void, undefined> {
    if (batch.length === 0) return;
    let sent: { readonly base: string } | Outcome;
    try {
      if (signal.aborted) throw interrupted(ctx, signal);
      sent = await send(batch.flatMap((part) => part.commands));
    } catch (error) {
      sent = outcomeOf(error);
    }
    for (const { operationId, key } of batch) {
      const outcome: Outcome = 'base' in sent ? { kind: 'accepted', handle: formatHandle({ base: sent.base, ...(key !== undefined && { key }) }) } : sent;
      yield { operationId, outcome };
    }
  }

  return {
    async *push(stream, operations, lookup, signal) {
      let batch: Prepared[] = [];
      for await (const operation of operations) {
        const prepared = await prepare({ settings, file, stream, lookup }, operation, signal);
        if ('kind' in prepared) yield { operationId: operation.id, outcome: prepared };
        else batch.push(prepared);
        if (batch.length < file.batch && !signal.aborted) continue;
        yield* flush(batch, signal);
        batch = [];
      }
      yield* flush(batch, signal);
    },

    async confirm(handle, exists) {
      const { base, key } = parseHandle(handle);
      if (await ctx.files.exists(...pathOf(base, TAKEN_BACK))) return NOT_TAKEN;
      const timedOut = ctx.clock.now() - (stampOf(file, base) ?? 0) > file.timeoutSeconds * 1000;
      for (const extension of [file.flagExtension, file.dataExtension]) {
        if (await ctx.files.exists(...pathOf(base, extension))) return timedOut ? late(base) : 'pending';
      }
      if (key === undefined) return { kind: 'applied' };
      if (exists === null || (await exists(key))) return { kind: 'applied', key };
      return timedOut ? LOST : 'pending';
    },

    async waiting() {
      const names = await ctx.files.list(file.directory);
      return names.filter((name) => name.endsWith(`.${file.flagExtension}`)).length;
    },
  };
}

/** An operation as commands. */
interface Prepared {
  readonly operationId: string;
  readonly commands: readonly string[];
  /** The key of what is created. */
  readonly key?: string;
}

interface Preparing {
  readonly settings: ArtixSettings;
  readonly file: FileSettings;
  readonly stream: ListStream;
  readonly lookup: Lookup | null;
}

async function prepare(by: Preparing, operation: PushOperation, signal: AbortSignal): Promise<Prepared | Outcome> {
  const missing = keyMissing(operation);
  if (missing !== null) return missing;
  let built: Built;
  try {
    const { settings, lookup } = by;
    const existing = async (key: string): Promise<WireBody | null> => (lookup === null ? null : beforeWriting(() => lookup(key, signal)));
    built = await buildCommands(by.stream, { settings, form: formOf(by.file), operation, existing });
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

/** Every command is closed by its separator, the last one too: text after the last separator is dropped without a word. */
function documentOf(file: FileSettings, commands: readonly string[]): string {
  const body = commands.map((command) => `${command}\n${SEPARATOR}\n`).join('');
  return file.markers ? `### data begin ###\n${body}### data end ###\n` : body;
}

/** `base` or `base:key`; a base name has no colon. */
function formatHandle(handle: Handle): string {
  return handle.key === undefined ? handle.base : `${handle.base}:${handle.key}`;
}

function parseHandle(handle: string): Handle {
  const colon = handle.indexOf(':');
  return colon < 0 ? { base: handle } : { base: handle.slice(0, colon), key: handle.slice(colon + 1) };
}
