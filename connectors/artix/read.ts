/** Readings and look-ups of the cash server's dictionaries. */
import type { Context } from '../../core/context.ts';
import type { Batch, Found, Json } from '../../core/contract.ts';
import { ConnectionError, ContractError } from '../../core/errors.ts';
import { isObject, text } from '../shared/records.ts';
import { readPages } from './pages.ts';
import { batchOf, foundOf, type ListStream, rowOf, type Span } from './rows.ts';
import { type Answer, NO_SUCH_CALL, type Server } from './server.ts';
import type { RestSettings } from './settings-calls.ts';

/** Rows of a list that is read whole are handed on in slices of this size. */
const SLICE = 1000;

const PATH_HINT = 'Set the path of this list in `rest.paths` of the system.';

/** What is read where the cash server has no such list. */
export type Instead = (signal: AbortSignal) => AsyncGenerator<Batch, void, undefined>;

/** Without a list, and without another way to the same records, they cannot be read. */
export function unlisted(ctx: Context, stream: ListStream): Instead {
  // biome-ignore lint/correctness/useYield: it only says why there is nothing to yield.
  return async function* () {
    throw new ConnectionError('VENDOR_UNREADABLE', `${ctx.system}: ${stream}: the cash server has no list of them`, {
      hint: `${PATH_HINT} Creating them unseen needs \`creates: blind\`.`,
    });
  };
}

/** Reads a whole dictionary of the cash server. */
export async function* readList(
  ctx: Context,
  server: Server,
  rest: RestSettings,
  stream: ListStream,
  instead: Instead,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  if (stream === 'clients' && rest.paging === 'bypage') {
    yield* readByPage(ctx, server, rest, signal);
    return;
  }
  const list = await wholeList(server, rest, stream, signal);
  if (list === null) {
    yield* instead(signal);
    return;
  }
  const { rows, began, ended } = list;
  const seen = new Set<string>();
  for (let start = 0; start === 0 || start < rows.length; start += SLICE) {
    const slice = rows.slice(start, start + SLICE);
    const last = start + SLICE >= rows.length;
    yield batchOf(
      stream,
      slice.map((row) => rowOf(stream, row)),
      { began, ended },
      last,
      seen,
      rows.length,
    );
  }
}

async function* readByPage(ctx: Context, server: Server, rest: RestSettings, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  const what = 'Artix CSrest: page of clients';
  const fetch = (query: Readonly<Record<string, string>>): Promise<Answer> => server.get(rest.paths.clientsByPage, { query }, signal);
  const identify = (row: Json): string | null => (isObject(row) && text(row.idclient)) || null;
  const seen = new Set<string>();
  for await (const page of readPages(fetch, identify, rest.pages, what)) {
    const rows = page.rows.map((row) => rowOf('clients', row));
    yield batchOf('clients', rows, page, page.end === 'proven', seen, page.total);
    if (page.end === 'doubtful') ctx.log.warn('the pages of clients do not add up: no snapshot', { system: ctx.system, rows: seen.size });
  }
}

/** A list that was read whole. */
export interface List extends Span {
  readonly rows: readonly Json[];
}

/**
 * A list as one array; null where the server has no such call, which for cards and card groups no document promises. Throws
 * `ContractError` for anything else, also for an empty body: it is no proof that nothing is there.
 */
export async function wholeList(server: Server, rest: RestSettings, stream: ListStream, signal: AbortSignal): Promise<List | null> {
  const path = { clients: rest.paths.clients, cards: rest.paths.cards, 'card-types': rest.paths.cardGroups }[stream];
  const { json, status, began, ended } = await server.get(path, { optional: stream !== 'clients' }, signal);
  if (Array.isArray(json)) return { rows: json, began, ended };
  const none = status === 204 || (status === 404 && stream === 'card-types' && rest.missingCardGroups === 'empty');
  if (json === undefined && none) return { rows: [], began, ended };
  if (json === undefined && stream !== 'clients' && NO_SUCH_CALL.includes(status)) return null;
  throw new ContractError('VENDOR_ANSWER', `Artix CSrest: GET ${path} answered HTTP ${status} without a list`, {
    hint: PATH_HINT,
  });
}

/** One dictionary object by its id. */
export async function findById(server: Server, path: string, stream: 'clients' | 'cards', id: string, signal: AbortSignal): Promise<Found> {
  const { json, began, ended } = await server.get(path, { values: { id } }, signal);
  return foundOf(stream, json === undefined ? null : rowOf(stream, json), { began, ended });
}
