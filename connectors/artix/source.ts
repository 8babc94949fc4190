/** Command files as a source: the dictionaries as the files leave them, replayed in the order of their names. */
import type { Context } from '../../core/context.ts';
import type { Batch, Found, Json, RejectedRecord, WireBody } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { text } from '../shared/records.ts';
import { parseCommands } from './interchange.ts';
import { type Left, Replay } from './replay.ts';
import { batchOf, type CommandStream, checked, foundOf, type Row } from './rows.ts';
import type { SourceSettings } from './settings.ts';

/** Records handed on in one batch. */
const SLICE = 1000;

/** All files that lie there, carried out. */
interface Replayed {
  readonly replay: Replay;
  /** Troubles with whole files, told once: with the reading of clients. */
  readonly troubles: readonly RejectedRecord[];
  /** Why the files may not be all there are now; null: they are. */
  readonly waited: string | null;
  readonly began: number;
  readonly ended: number;
}

export interface Source {
  read(stream: CommandStream, signal: AbortSignal): AsyncIterable<Batch>;
  /** One record as the files leave it. Throws `ContractError` where they cannot tell that there is none. */
  find(stream: CommandStream, key: string, signal: AbortSignal): Promise<Found>;
  /** The same, null also where nobody can tell. */
  peek(stream: CommandStream, key: string, signal: AbortSignal): Promise<WireBody | null>;
  /** Throws `ConnectionError` where a directory cannot be read. */
  probe(): Promise<void>;
}

/** One data file with the directory it lies in. */
interface DataFile {
  readonly directory: string;
  readonly name: string;
}

export function openSource(ctx: Context, source: SourceSettings): Source {
  const directories = [source.directory].flat();
  let last: { readonly signature: string; readonly replayed: Replayed } | null = null;

  /** Data files in the order of their names, whatever directory they are in, and what speaks against their being all. */
  async function listed(): Promise<{ files: DataFile[]; waited: string | null }> {
    const files: DataFile[] = [];
    let waited: string | null = null;
    for (const directory of directories) {
      const names = new Set(await ctx.files.list(directory));
      for (const name of names) {
        if (!name.startsWith(source.prefix)) continue;
        const [base, extension] = splitName(name);
        if (extension === source.flagExtension && source.flags === 'needed' && !names.has(`${base}.${source.dataExtension}`)) {
          waited ??= `the flag ${name} lies there without its file`;
        }
        if (extension !== source.dataExtension) continue;
        if (source.flags === 'none' || names.has(`${base}.${source.flagExtension}`)) files.push({ directory, name });
        else waited ??= `${name} has no flag yet`;
      }
    }
    return { files: files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.directory < b.directory ? -1 : 1)), waited };
  }

  async function replayed(signal: AbortSignal): Promise<Replayed> {
    const { files, waited } = await listed();
    const facts: string[] = [];
    for (const { directory, name } of files) {
      const found = await ctx.files.stat(directory, name);
      facts.push(`${directory}/${name}:${found?.size ?? 0}:${found?.changedAt ?? 0}`);
    }
    const signature = facts.join('\n') + String(waited);
    if (last?.signature === signature && last.replayed.waited === waited) return last.replayed;
    last = { signature, replayed: await carriedOut(files, waited, signal) };
    return last.replayed;
  }

  async function carriedOut(files: readonly DataFile[], waitedFor: string | null, signal: AbortSignal): Promise<Replayed> {
    const began = ctx.clock.now();
    const replay = new Replay();
    const troubles: RejectedRecord[] = [];
    let waited = waitedFor;
    for (const { directory, name } of files) {
      signal.throwIfAborted();
      const file = await ctx.files.read(directory, name, source.maxFileMb * 1024 * 1024);
      if (file === null) {
        waited ??= `${name} vanished while it was read`;
        continue;
      }
      const fresh = source.flags === 'none' && ctx.clock.now() - file.changedAt < source.quietSeconds * 1000;
      if (file.moving || fresh) {
        // What comes after it in order would be carried out too early.
        waited ??= `${name} is still being written`;
        break;
      }
      carryOut(name, file.content, replay, troubles);
    }
    for (const { rule } of troubles) ctx.log.warn('a command file is not as it should be', { system: ctx.system, what: rule });
    ctx.log.info('command files replayed', { system: ctx.system, files: files.length, passedOver: replay.passedOver, rejected: replay.rejected.length });
    return { replay, troubles, waited, began, ended: ctx.clock.now() };
  }

  function carryOut(name: string, content: Buffer, replay: Replay, troubles: RejectedRecord[]): void {
    const { commands, malformed, lost } = parseCommands(content, source.version);
    const trouble = (body: Json, rule: string): number => troubles.push({ stream: 'clients', key: null, body, field: '', rule });
    if (malformed !== null) trouble({ file: name }, `${name}, line ${malformed}: a command that is no JSON: the loader refuses the whole file, and so do we`);
    for (const command of commands) replay.carryOut(name, command);
    if (lost !== null) {
      trouble({ file: name, text: lost.text }, `${name}, line ${lost.line}: text after the last "---", which the loader drops without a word`);
    }
  }

  /** Why what the files do not name may still be there; null: it is not. */
  function unprovenBy(replay: Replay, stream: CommandStream, waited: string | null): string | null {
    if (waited !== null || source.wholeHistory || replay.dictionary(stream).cleared) return waited;
    return 'the files hold no command that clears: what they do not name may still be there';
  }

  return {
    async *read(stream, signal) {
      const { replay, troubles, waited, began, ended } = await replayed(signal);
      const { left } = replay.dictionary(stream);
      const rows: Row[] = [...left].map(([key, one]) => rowOfLeft(stream, key, one, replay));
      rows.push(...[...replay.rejected.filter((one) => one.stream === stream), ...(stream === 'clients' ? troubles : [])].map((rejected) => ({ rejected })));
      const unproven = unprovenBy(replay, stream, waited);
      const seen = new Set<string>();
      for (let start = 0; start === 0 || start < rows.length; start += SLICE) {
        const isLast = start + SLICE >= rows.length;
        const batch = batchOf(stream, rows.slice(start, start + SLICE), { began, ended }, isLast && unproven === null, seen, rows.length);
        yield isLast && unproven !== null ? { ...batch, remark: unproven } : batch;
      }
    },

    async find(stream, key, signal) {
      const { replay, waited, began, ended } = await replayed(signal);
      const one = replay.dictionary(stream).left.get(key);
      const there = one !== undefined && !one.deleted;
      const why = one === undefined ? unprovenBy(replay, stream, waited) : waited;
      if (!there && why !== null) throw new ContractError('VENDOR_ANSWER', `${ctx.system}: ${stream}: ${why}`);
      return foundOf(stream, there ? rowOfLeft(stream, key, one, replay) : null, { began, ended });
    },

    async peek(stream, key, signal) {
      const one = (await replayed(signal)).replay.dictionary(stream).left.get(key);
      return one === undefined || one.deleted ? null : one.body;
    },

    async probe() {
      for (const directory of directories) await ctx.files.list(directory);
    },
  };
}

function rowOfLeft(stream: CommandStream, key: string, { body, whole, deleted }: Left, replay: Replay): Row {
  if (deleted) return { record: { key, body: {}, covers: [], deleted: true } };
  const owner = ownerOf(stream, body, replay);
  return checked(stream, body, owner === '' ? undefined : { stream: 'clients', key: owner }, whole ? undefined : Object.keys(body));
}

/** The client of a card; of an additional card the client of its card, which wins over the one it names itself. */
function ownerOf(stream: CommandStream, body: WireBody, replay: Replay): string {
  if (stream !== 'cards' && stream !== 'additional-cards') return '';
  const main = stream === 'cards' ? '' : text(body.cardnumber);
  return (main === '' ? '' : replay.ownerOf(main)) || text(body.idclient);
}

function splitName(name: string): [base: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}
