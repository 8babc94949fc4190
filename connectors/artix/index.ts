/**
 * Artix: clients, cards and card groups of a cash server (CSrest, or files in the ArtixInterchange format) and bonus accounts of
 * its bonus server (ACC).
 */
import type { Context } from '../../core/context.ts';
import type { Batch, Capabilities, Connector, Found, Health, Json, Probe, PullRequest, Reading, Stream, System } from '../../core/contract.ts';
import { ConnectionError, InvariantError } from '../../core/errors.ts';
import { isObject, text } from '../shared/records.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import { findAccount, findByCard, readBonuses, readCardsOfAccounts } from './bonuses.ts';
import { type Exchange, type Lookup, openExchange } from './file.ts';
import { findById, type Instead, readList, unlisted, wholeList } from './read.ts';
import type { ListStream } from './rows.ts';
import { openServer, type Server } from './server.ts';
import { type ArtixSettings, artixSettings, type RestSettings } from './settings.ts';
import { type ArtixStream, artixWire } from './wire.ts';
import { pushEach, restSender } from './write.ts';

export const artix: Connector = {
  vendor: 'artix',
  settings: artixSettings,
  wire: artixWire,
  open: (settings, ctx) => openSystem(settings as ArtixSettings, ctx),
};

/** What a configured system consists of; a part that is not configured is null. */
interface Parts {
  readonly ctx: Context;
  readonly settings: ArtixSettings;
  readonly cash: { readonly rest: RestSettings; readonly server: Server } | null;
  readonly accounts: Accounts | null;
  readonly exchange: Exchange | null;
}

function openSystem(settings: ArtixSettings, ctx: Context): System {
  const { rest, file } = settings;
  const parts: Parts = {
    ctx,
    settings,
    cash: rest === undefined ? null : { rest, server: openServer(ctx, 'Artix CSrest', rest) },
    accounts: settings.accounts === undefined ? null : openAccounts(ctx, settings.accounts, settings.accountStatus),
    exchange: file === undefined ? null : openExchange(ctx, settings, file),
  };
  return {
    check: (signal) => check(parts, signal),
    pull: (request, _checkpoint, signal) => pull(parts, request, signal),
    streams: [dictionary(parts, 'clients'), dictionary(parts, 'card-types'), dictionary(parts, 'cards'), bonuses(parts)],
    readings: (Object.keys(artixWire) as ArtixStream[]).map((stream) => readingOf(parts, stream)),
  };
}

/** Reaches every configured part. */
async function check(parts: Parts, signal: AbortSignal): Promise<Health> {
  const { cash, accounts, exchange, settings } = parts;
  const remarks: string[] = [];
  let version = '';
  if (cash === null) remarks.push('write-only: no `rest` is configured, and Artix does not export clients by file');
  else {
    const { json } = await cash.server.get(cash.rest.paths.info, { optional: true }, signal);
    version = isObject(json) ? text(json.version) : '';
  }
  if (accounts === null) remarks.push('no bonus balances: no `accounts` are configured');
  else await accounts.probe(signal);
  if (exchange !== null) {
    const waiting = await exchange.waiting();
    if (waiting > 0) remarks.push(`${waiting} files wait in the exchange directory to be taken: does the loader run?`);
    if (settings.route === 'file' && cash === null) {
      remarks.push('a file that Artix refuses vanishes like one that it took: without `rest` nobody notices');
    }
  }
  return { ...(version !== '' && { version }), remarks };
}

function readingOf(parts: Parts, stream: ArtixStream): Reading {
  const remark = unreadable(parts, stream);
  const base = { name: stream, streams: [stream] };
  return remark === null ? { ...base, mode: 'full' } : { ...base, mode: 'none', remark };
}

/** Why a stream cannot be read, null when it can. */
function unreadable({ cash, settings }: Parts, stream: ArtixStream): string | null {
  if (stream !== 'bonuses') return cash === null ? 'write-only: no `rest` is configured' : null;
  if (settings.accounts === undefined) return 'no `accounts` are configured';
  return settings.accounts.source === 'cards' && cash === null ? '`source: cards` needs `rest` to know the cards' : null;
}

async function* pull(parts: Parts, request: PullRequest, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  const { ctx, cash, accounts, settings } = parts;
  const stream = request.reading;
  if (!isStream(stream)) throw new InvariantError('INVARIANT_BROKEN', `Artix has no reading "${stream}"`);
  const remark = unreadable(parts, stream);
  if (remark !== null) throw new ConnectionError('VENDOR_UNREADABLE', `${ctx.system}: ${stream}: ${remark}`);
  if (stream !== 'bonuses') {
    if (cash !== null) yield* readList(ctx, cash.server, cash.rest, stream, insteadOf(parts, stream), signal);
  } else if (accounts !== null && settings.accounts !== undefined) {
    const cards = cash === null ? null : async (): Promise<readonly Json[] | null> => (await wholeList(cash.server, cash.rest, 'cards', signal))?.rows ?? null;
    yield* readBonuses(ctx, accounts, settings.accounts, cards, signal);
  }
}

/** What is read where the cash server does not list a dictionary. */
function insteadOf({ ctx, cash, accounts, settings }: Parts, stream: ListStream): Instead {
  if (stream !== 'cards' || cash === null || accounts === null || settings.accounts === undefined) return unlisted(ctx, stream);
  const { accounts: own } = settings;
  const card = (number: string, signal: AbortSignal): Promise<Found> => findById(cash.server, cash.rest.paths.cardById, 'cards', number, signal);
  return (signal) => readCardsOfAccounts(ctx, accounts, own, card, signal);
}

function isStream(name: string): name is ArtixStream {
  return Object.hasOwn(artixWire, name);
}

/** A stream of the cash server's dictionaries. */
function dictionary(parts: Parts, name: ListStream): Stream {
  const { cash, accounts, exchange, settings, ctx } = parts;
  const base = { name, wire: artixWire[name], capabilities: dictionaryCapabilities(parts, name) };
  const pathOf = (rest: RestSettings): string => (name === 'cards' ? rest.paths.cardById : rest.paths.clientById);
  const find: Find | null =
    cash === null || name === 'card-types'
      ? null
      : (probe: Probe, signal: AbortSignal): Promise<Found> => findById(cash.server, pathOf(cash.rest), name, probe.key ?? probe.reference ?? '', signal);
  if (settings.route === 'file' && exchange !== null) {
    return {
      ...base,
      ...(find && { find }),
      push: (operations, signal) => exchange.push(name, operations, lookupOf(find, name), signal),
      confirm: (handle, signal) => {
        const exists = find && (async (key: string) => holds(await find({ key }, signal), name));
        return exchange.confirm(handle, exists);
      },
    };
  }
  if (cash === null) return base;
  const send = restSender({ ctx, settings, accounts, ...cash }, name);
  return { ...base, ...(find && { find }), push: (operations, signal) => pushEach(operations, send, signal) };
}

type Find = (probe: Probe, signal: AbortSignal) => Promise<Found>;

/** Looks at what lies under a key, whether or not it is in the documented form. */
function lookupOf(find: Find | null, stream: string): Lookup | null {
  if (find === null) return null;
  return async (key, signal) => {
    const { records, rejected } = await find({ key }, signal);
    const body = records.get(stream)?.[0]?.body ?? rejected[0]?.body;
    return isObject(body) ? body : null;
  };
}

function holds(found: Found, stream: string): boolean {
  return (found.records.get(stream)?.length ?? 0) + found.rejected.length > 0;
}

function dictionaryCapabilities({ cash, settings }: Parts, name: ListStream): Capabilities {
  const byFile = settings.route === 'file';
  return {
    // Only for clients a command that changes single attributes is documented.
    update: byFile && name === 'clients' ? 'patch' : 'replace',
    create: true,
    delete: name === 'clients',
    clear: true,
    findBy: cash === null || name === 'card-types' ? [] : name === 'clients' ? ['key', 'reference'] : ['key'],
    confirmsLater: byFile,
    // The cash server may give a new group an id of its own.
    repeat: name === 'card-types' && !byFile ? 'unsafe' : 'safe',
    ...(name === 'clients' && { reference: { field: 'idclient', kind: 'text' as const } }),
  };
}

/** The stream of bonus accounts: balances change by assets, whatever the route of the dictionaries. */
function bonuses(parts: Parts): Stream {
  const { cash, accounts, settings } = parts;
  const capabilities: Capabilities = {
    update: 'none',
    create: false,
    delete: false,
    clear: false,
    findBy: accounts === null ? [] : ['key', 'cardNumber'],
    confirmsLater: false,
    repeat: 'byKey',
    ...(accounts !== null && { balance: { by: 'delta' as const, needs: 'card' as const, floor: 0 } }),
  };
  const base = { name: 'bonuses', wire: artixWire.bonuses, capabilities };
  if (accounts === null || settings.accounts === undefined) return base;
  const accountsSettings = settings.accounts;

  return {
    ...base,
    find: (probe, signal) => {
      const idcard = (number: string): Promise<string | null> => idOfCard(cash, number, signal);
      return probe.cardNumber === undefined
        ? findAccount(accounts, accountsSettings, probe.key ?? '', idcard, signal)
        : findByCard(accounts, probe.cardNumber, idcard, signal);
    },
    push: (operations, signal) =>
      pushEach(
        operations,
        async (operation, stop) =>
          operation.action === 'adjust'
            ? accounts.adjust(operation, stop)
            : { kind: 'rejected', code: 'UNSUPPORTED', reason: 'a bonus account is only adjusted' },
        signal,
      ),
  };
}

/** The id under which the cash server keeps a card: by custom its number. Null where that cannot be seen. */
async function idOfCard(cash: Parts['cash'], number: string, signal: AbortSignal): Promise<string | null> {
  if (cash === null) return null;
  const { json } = await cash.server.get(cash.rest.paths.cardById, { values: { id: number } }, signal);
  return isObject(json) && text(json.number) === number ? text(json.idcard) : null;
}
