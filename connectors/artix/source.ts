/** Command files as a source: the dictionaries as the files leave them, replayed in the order of their names. */
import type { Context } from '../../core/context.ts';
import type { Batch, Found, Json, RejectedRecord, WireBody } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { isPlainFileName, shownFileName } from '../../core/file-name.ts';
import { text } from '../shared/records.ts';
import { parseCommands } from './interchange.ts';
import { Joined, type JoinedLeft } from './joined.ts';
import { Replay } from './replay.ts';
import { batchOf, type CommandStream, checked, foundOf, type Row } from './rows.ts';
import type { SourceSettings } from './settings-commands.ts';
import { type DataFile, listed, mayGrow, signatureOf } from './source-files.ts';

/** Records handed on in one batch. */
const SLICE = 1000;

/** All files that lie there, carried out. */
interface Replayed {
  readonly joined: Joined;
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

export function openSource(ctx: Context, source: SourceSettings): Source {
  const directories = [source.directory].flat();
  let last: { readonly signature: string; readonly replayed: Replayed } | null = null;

  async function replayed(signal: AbortSignal): Promise<Replayed> {
    const found = await listed(ctx.files, directories, source);
    const signature = await signatureOf(ctx.files, found);
    if (last?.signature === signature && last.replayed.waited === found.waited) return last.replayed;
    last = { signature, replayed: await carriedOut(found.files, found.waited, signal) };
    return last.replayed;
  }

  /** Each directory by itself: what one shop clears or deletes says nothing of another. */
  async function carriedOut(files: readonly DataFile[], waitedFor: string | null, signal: AbortSignal): Promise<Replayed> {
    const began = ctx.clock.now();
    const troubles: RejectedRecord[] = [];
    const replays: Replay[] = [];
    let waited = waitedFor;
    for (const directory of directories) {
      const replay = new Replay();
      replays.push(replay);
      const trouble = await carryOutAll(
        files.filter((file) => file.directory === directory),
        replay,
        troubles,
        signal,
      );
      waited ??= trouble;
    }
    const joined = new Joined(replays, source.wholeHistory);
    for (const { rule } of troubles) ctx.log.warn('a command file is not as it should be', { system: ctx.system, what: rule });
    ctx.log.info('command files replayed', { system: ctx.system, files: files.length, passedOver: joined.passedOver, rejected: joined.rejected.length });
    return { joined, troubles, waited, began, ended: ctx.clock.now() };
  }

  /** Answers why the files may not have been all; null: they were. */
  async function carryOutAll(files: readonly DataFile[], replay: Replay, troubles: RejectedRecord[], signal: AbortSignal): Promise<string | null> {
    let waited: string | null = null;
    for (const one of files) {
      const { directory, name } = one;
      signal.throwIfAborted();
      const label = directories.length > 1 ? `${directory}/${shownFileName(name)}` : shownFileName(name);
      if (!isPlainFileName(name)) {
        const why = `${label}: a file whose name is not plain is not opened: until a later file clears nothing is taken for gone; rename it or take it away`;
        troubles.push(troubleOf({ file: label }, why));
        replay.carryOutCut(label, [], why);
        continue;
      }
      const file = await ctx.files.read(directory, name, source.maxFileMb * 1024 * 1024);
      if (file === null) {
        waited ??= `${name} vanished while it was read`;
        continue;
      }
      const fresh = ctx.clock.now() - file.changedAt < source.quietSeconds * 1000 && (await mayGrow(ctx.files, one, file.changedAt, source));
      // What comes after it in order would be carried out too early.
      if (file.moving || fresh) return waited ?? `${name} is still being written`;
      carryOut(label, file.content, replay, troubles);
    }
    return waited;
  }

  function carryOut(name: string, content: Buffer, replay: Replay, troubles: RejectedRecord[]): void {
    const { commands, malformed, cut } = parseCommands(content, source.version);
    if (malformed !== null) {
      troubles.push(troubleOf({ file: name }, `${name}, line ${malformed}: a command that is no JSON: the loader refuses the whole file, and so do we`));
    }
    if (cut === null) {
      replay.carryOut(name, commands);
      return;
    }
    const what = cut.lost === null ? '"### data begin ###" without the line that ends the data' : 'text after the last "---", which the loader drops';
    const why = `${name}, line ${cut.line}: ${what}: it counts as still being written, and until it is whole, or a later file clears, nothing is taken for gone; let its writer finish it, or write it again`;
    troubles.push(troubleOf({ file: name, ...(cut.lost !== null && { text: cut.lost }) }, why));
    replay.carryOutCut(name, commands, why);
  }

  /** Why what the files do not name may still be there; null: it is not. */
  function unprovenBy(joined: Joined, stream: CommandStream, waited: string | null): string | null {
    if (waited !== null || joined.proven(stream)) return waited;
    const doubt = joined.doubt(stream);
    if (doubt !== null) return doubt;
    const where = directories.length > 1 ? 'the files of some directory' : 'the files';
    return `${where} hold no command that clears: what they do not name may still be there`;
  }

  return {
    async *read(stream, signal) {
      const { joined, troubles, waited, began, ended } = await replayed(signal);
      // What is deleted by one file may be added again by the one that is waited for.
      const told = [...joined.left(stream)].filter(([, { deleted }]) => waited === null || !deleted);
      const rows: Row[] = told.map(([key, one]) => rowOfLeft(stream, key, one));
      rows.push(...[...joined.rejected.filter((one) => one.stream === stream), ...(stream === 'clients' ? troubles : [])].map((rejected) => ({ rejected })));
      const unproven = unprovenBy(joined, stream, waited);
      const seen = new Set<string>();
      for (let start = 0; start === 0 || start < rows.length; start += SLICE) {
        const isLast = start + SLICE >= rows.length;
        const batch = batchOf(stream, rows.slice(start, start + SLICE), { began, ended }, isLast && unproven === null, seen, rows.length);
        yield isLast && unproven !== null ? { ...batch, remark: unproven } : batch;
      }
    },

    async find(stream, key, signal) {
      const { joined, waited, began, ended } = await replayed(signal);
      const one = joined.left(stream).get(key);
      const there = one !== undefined && !one.deleted;
      const why = one === undefined ? unprovenBy(joined, stream, waited) : waited;
      if (!there && why !== null) throw new ContractError('VENDOR_ANSWER', `${ctx.system}: ${stream}: ${why}`);
      return foundOf(stream, there ? rowOfLeft(stream, key, one) : null, { began, ended });
    },

    async peek(stream, key, signal) {
      const one = (await replayed(signal)).joined.left(stream).get(key);
      return one === undefined || one.deleted ? null : one.body;
    },

    async probe() {
      for (const directory of directories) await ctx.files.list(directory);
    },
  };
}

/** Of a file as a whole: told with the clients. */
const troubleOf = (body: Json, rule: string): RejectedRecord => ({ stream: 'clients', key: null, body, field: '', rule });

function rowOfLeft(stream: CommandStream, key: string, { body, whole, deleted, replay }: JoinedLeft): Row {
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
