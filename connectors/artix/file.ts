/** Changes of the dictionaries by file: the ArtixInterchange format, a data file and its flag in an exchange directory. */
import type { Context } from '../../core/context.ts';
import type { Outcome } from '../../core/contract.ts';
import { ConnectionError } from '../../core/errors.ts';
import { type Exchange, formatHandle, parseHandle, pushLoads, type Sent, sendIntended } from './loads.ts';
import { namer, stampOf } from './names.ts';
import type { ArtixSettings } from './settings.ts';
import type { FileSettings } from './settings-commands.ts';

/** How long to wait before a file that could not be written is tried again. */
const RETRY_MS = 60_000;
const SEPARATOR = '---';
/** Extension of the empty file that says of a pair that we took it back: to be asked once for every operation in it. */
const TAKEN_BACK = 'back';
/** Extension of the empty file of a trial: no loader takes it, for it is neither data nor flag. */
const TRIAL = 'trial';
/** By then every operation of a pair that was taken back has been asked about. */
const FORGET_MS = 30 * 86_400_000;

const NOT_TAKEN: Outcome = { kind: 'retry', ms: 0, code: 'EXCHANGE_NOT_TAKEN' };
const LOST: Outcome = { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' };

/** What became of a pair in one directory; `bare`: the data lie there without a flag, so no loader takes them. */
type Fate = 'gone' | 'there' | 'bare' | 'taken back' | 'lost';

/**
 * The exchange directories of one system, one for each shop; a pair goes into each under the same name. One object to a process: it
 * never gives two pairs one stamp. The loader deletes both files when it has taken them, which is all it says. A pair that was
 * not taken in time is taken back: loaded later, it would lay an old value over what was changed there meanwhile.
 */
export function openExchange(ctx: Context, settings: ArtixSettings, file: FileSettings): Exchange {
  const directories = [file.directory].flat();
  const freeName = namer(ctx, file, directories);

  /** Writes a pair into one directory: the data first, the flag last. */
  async function writePair(directory: string, base: string, content: string | AsyncIterable<string>): Promise<Outcome | null> {
    try {
      await ctx.files.writeNew(directory, `${base}.${file.dataExtension}`, content);
    } catch (error) {
      if (error instanceof ConnectionError) return { kind: 'retry', ms: RETRY_MS, code: error.code };
      throw error;
    }
    try {
      await ctx.files.writeNew(directory, `${base}.${file.flagExtension}`, '');
      return null;
    } catch (error) {
      // The data lie there without a flag: normally nothing is loaded, but nobody can promise it.
      if (error instanceof ConnectionError) return { kind: 'unknown', code: error.code };
      throw error;
    }
  }

  async function name(): Promise<{ readonly base: string } | Outcome> {
    try {
      for (const directory of directories) await forgetOld(directory);
      return { base: await freeName() };
    } catch (error) {
      if (error instanceof ConnectionError) return { kind: 'retry', ms: RETRY_MS, code: error.code };
      throw error;
    }
  }

  /** Into every directory, or the first trouble: what another shop got by then is sent there once more later, which is harmless. */
  async function send(base: string, content: () => string | AsyncIterable<string>): Promise<Sent> {
    for (const directory of directories) {
      const trouble = await writePair(directory, base, content());
      if (trouble !== null) return trouble;
    }
    ctx.log.info('file written', { system: ctx.system, file: base, directories: directories.length });
    return { base };
  }

  /** Whether the pair is certainly out of the loader's reach: its flag was still there to be removed, and so were its data. */
  async function takeBack(directory: string, base: string): Promise<boolean> {
    if (!(await ctx.files.remove(directory, `${base}.${file.flagExtension}`))) return false;
    if (!(await ctx.files.exists(directory, `${base}.${file.dataExtension}`))) return false;
    await ctx.files.writeNew(directory, `${base}.${TAKEN_BACK}`, '');
    await ctx.files.remove(directory, `${base}.${file.dataExtension}`);
    ctx.log.warn('a file was not taken in time and was taken back', { system: ctx.system, file: base });
    return true;
  }

  async function fateIn(directory: string, base: string, timedOut: boolean, intended: boolean): Promise<Fate> {
    if (await ctx.files.exists(directory, `${base}.${TAKEN_BACK}`)) return 'taken back';
    for (const [extension, fate] of [
      [file.flagExtension, 'there'],
      [file.dataExtension, 'bare'],
    ] as const) {
      if (!(await ctx.files.exists(directory, `${base}.${extension}`))) continue;
      if (!timedOut) return fate;
      try {
        // The run that wrote it was killed before it set the flag: it is nobody's.
        if (fate === 'bare' && intended) await ctx.files.remove(directory, `${base}.${extension}`);
        return (await takeBack(directory, base)) ? 'taken back' : 'lost';
      } catch (error) {
        // It may be taken any moment, so nothing else is sent for the same thing.
        if (error instanceof ConnectionError) return fate;
        throw error;
      }
    }
    return 'gone';
  }

  async function forgetOld(directory: string): Promise<void> {
    for (const name of await ctx.files.list(directory)) {
      const base = name.endsWith(`.${TAKEN_BACK}`) ? name.slice(0, -TAKEN_BACK.length - 1) : '';
      const at = base === '' ? null : stampOf(file, base);
      if (at !== null && ctx.clock.now() - at > FORGET_MS) await ctx.files.remove(directory, `${base}.${TAKEN_BACK}`);
    }
  }

  const loading = {
    ctx,
    settings,
    route: file,
    manyShops: directories.length > 1,
    readBack: () => false,
    name,
    send: (base: string, commands: readonly string[]) => send(base, () => documentOf(file, commands)),
  };

  return {
    push: (stream, operations, lookup, signal, intend) => pushLoads(loading, stream, operations, lookup, signal, intend),

    async whole(commands, signal, intend) {
      const parts: string[] = [];
      for await (const command of commands) parts.push(command);
      const whole = { ctx, name, send: (base: string) => send(base, () => pieces(file, parts)) };
      const sent = await sendIntended(whole, [], signal, async (base) => intend?.(base));
      return 'base' in sent ? { kind: 'accepted', handle: formatHandle({ base: sent.base, whole: true }) } : sent;
    },

    async confirm(handle, exists) {
      const { base, key, whole, intended = false } = parseHandle(handle);
      const timedOut = ctx.clock.now() - (stampOf(file, base) ?? 0) > file.timeoutSeconds * 1000;
      const fates = new Set<Fate>();
      for (const directory of directories) fates.add(await fateIn(directory, base, timedOut, intended));
      // Every shop has it, so it did leave, whatever became of the run that wrote it.
      if (intended && fates.size === 1 && fates.has('there'))
        return { kind: 'accepted', handle: formatHandle({ base, ...(key !== undefined && { key }), ...(whole !== undefined && { whole }) }) };
      if (fates.has('there') || fates.has('bare')) return 'pending';
      // Of several shops, those that have taken it take it once more: nothing is promised before all have it.
      if (fates.has('taken back')) return NOT_TAKEN;
      if (fates.has('lost')) return LOST;
      // Never written, or taken already: reading back tells.
      if (intended) return LOST;
      if (key === undefined) return { kind: 'applied' };
      if (exists === null || (await exists(key))) return { kind: 'applied', key };
      return timedOut ? LOST : 'pending';
    },

    async probe() {
      for (const directory of directories) {
        const name = `sverka-${ctx.uuid()}.${TRIAL}`;
        await ctx.files.writeNew(directory, name, '');
        await ctx.files.remove(directory, name);
      }
      return null;
    },

    async waiting() {
      let count = 0;
      for (const directory of directories) {
        const names = await ctx.files.list(directory);
        count += names.filter((name) => name.endsWith(`.${file.flagExtension}`)).length;
      }
      return count;
    },
  };
}

/** Every command is closed by its separator, the last one too: text after the last separator is dropped without a word. */
function documentOf(file: FileSettings, commands: readonly string[]): string {
  const body = commands.map((command) => `${command}\n${SEPARATOR}\n`).join('');
  return file.markers ? `### data begin ###\n${body}### data end ###\n` : body;
}

/** The same, piece by piece: a full load may be larger than one text can be. */
async function* pieces(file: FileSettings, commands: readonly string[]): AsyncGenerator<string> {
  if (file.markers) yield '### data begin ###\n';
  for (const command of commands) yield `${command}\n${SEPARATOR}\n`;
  if (file.markers) yield '### data end ###\n';
}
