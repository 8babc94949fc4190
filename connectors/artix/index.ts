/**
 * Artix: clients, cards and card groups of a cash server (CSrest, or files in the ArtixInterchange format) and bonus accounts of
 * its bonus server (ACC).
 */
import type { Context } from '../../core/context.ts';
import type { Batch, Connector, Found, Health, Json, PullRequest, Reading, Stream, System } from '../../core/contract.ts';
import { ConnectionError, InvariantError, SverkaError } from '../../core/errors.ts';
import { isObject, text } from '../shared/records.ts';
import { type Concealer, concealer } from '../shared/secrets.ts';
import { bonuses } from './bonus-stream.ts';
import { readBonuses, readCardsOfAccounts } from './bonuses.ts';
import { dictionary } from './dictionaries.ts';
import { calledAt, listenerOf, openParts, type Parts } from './parts.ts';
import { findById, type Instead, readList, unlisted, wholeList } from './read.ts';
import type { CommandStream, ListStream } from './rows.ts';
import { type ArtixSettings, artixSettings } from './settings.ts';
import { type ArtixStream, artixWire } from './wire.ts';

export const artix: Connector = {
  vendor: 'artix',
  settings: artixSettings,
  wire: artixWire,
  calledAt: (settings) => calledAt(settings as ArtixSettings),
  open: (settings, ctx) => openSystem(settings as ArtixSettings, ctx),
};

const DICTIONARIES: readonly CommandStream[] = ['clients', 'card-types', 'cards'];

function openSystem(settings: ArtixSettings, ctx: Context): System {
  const parts = openParts(settings, ctx);
  const listener = listenerOf(settings, ctx);
  // Commands alone speak of additional cards.
  const dictionaries: readonly CommandStream[] = parts.exchange === null && parts.source === null ? DICTIONARIES : [...DICTIONARIES, 'additional-cards'];
  const readings = (Object.keys(artixWire) as ArtixStream[]).filter((stream) => stream !== 'additional-cards' || parts.source !== null);
  const { rest, http, accounts } = settings;
  const secrets = concealer(Object.values(artixWire), rest?.password ?? http?.password ?? accounts?.password);
  return {
    check: (signal) => check(parts, signal),
    async *pull(request, _checkpoint, signal) {
      for await (const batch of pull(parts, request, signal)) yield secrets.batch(batch);
    },
    streams: [...dictionaries.map((name) => dictionary(parts, name)), bonuses(parts)].map((stream) => concealing(stream, secrets)),
    readings: readings.map((stream) => readingOf(parts, stream)),
    ...(listener !== null && { listener }),
  };
}

function concealing(stream: Stream, secrets: Concealer): Stream {
  const { find } = stream;
  return find === undefined ? stream : { ...stream, find: async (probe, signal) => secrets.found(await find(probe, signal)) };
}

/** Reaches every configured part, whatever became of the others. Throws `ConnectionError` that names each that failed. */
async function check(parts: Parts, signal: AbortSignal): Promise<Health> {
  const { cash, accounts, exchange, source, onlineCard, settings } = parts;
  const remarks: string[] = [];
  const failed: [part: string, error: SverkaError][] = [];
  let version = '';
  const reach = async (part: string, probe: () => Promise<unknown>): Promise<void> => {
    try {
      await probe();
    } catch (error) {
      if (!(error instanceof SverkaError) || error instanceof InvariantError || signal.aborted) throw error;
      failed.push([part, error]);
    }
  };
  if (source !== null) {
    await reach('source', () => source.probe());
    remarks.push('read from command files: what is done at the till itself is not seen');
  } else if (cash === null) remarks.push('write-only: no `rest` is configured, and Artix does not export clients by file');
  else {
    await reach('rest', async () => {
      const { json } = await cash.server.get(cash.rest.paths.info, { optional: true }, signal);
      version = isObject(json) ? text(json.version) : '';
    });
  }
  if (accounts === null) remarks.push('no bonus balances: no `accounts` are configured');
  else await reach('accounts', () => accounts.probe(signal));
  if (onlineCard !== null) await reach('onlineCard', () => onlineCard.byNumber('0', signal));
  if (exchange !== null) {
    await reach(settings.route, async () => {
      const remark = await exchange.by.probe(signal);
      if (remark !== null) remarks.push(remark);
      const waiting = await exchange.by.waiting();
      if (waiting > 0) remarks.push(`${waiting} files wait in the exchange directory to be taken: does the loader run?`);
    });
    if (settings.route === 'file' && cash === null && source === null) {
      remarks.push('a file that Artix refuses vanishes like one that it took: without `rest` nobody notices');
    }
  }
  if (settings.route === 'http' && settings.http?.statuses === undefined) remarks.push('no `statuses`: what became of a load is learnt by reading alone');
  if (settings.defaultCardGroup === undefined && (cash !== null || exchange !== null)) {
    remarks.push('no `defaultCardGroup`: a new card that names no group is refused (CARD_GROUP_MISSING)');
  }
  const [first] = failed;
  if (first !== undefined) {
    const [, { code, hint }] = first;
    throw new ConnectionError(code, failed.map(([part, error]) => `\`${part}\`: ${error.message}`).join('; '), { hint, cause: first[1] });
  }
  return { ...(version !== '' && { version }), remarks };
}

function readingOf(parts: Parts, stream: ArtixStream): Reading {
  const remark = unreadable(parts, stream);
  const base = { name: stream, streams: [stream] };
  return remark === null ? { ...base, mode: 'full' } : { ...base, mode: 'none', remark };
}

/** Why a stream cannot be read, null when it can. */
function unreadable({ cash, source, settings }: Parts, stream: ArtixStream): string | null {
  if (stream !== 'bonuses' && source !== null) return null;
  if (stream !== 'bonuses') return cash === null ? 'write-only: no `rest` is configured' : null;
  if (settings.accounts === undefined) return 'no `accounts` are configured';
  return settings.accounts.source === 'cards' && cash === null ? '`source: cards` needs `rest` to know the cards' : null;
}

async function* pull(parts: Parts, request: PullRequest, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
  const { ctx, cash, accounts, source, settings } = parts;
  const stream = request.reading;
  if (!isStream(stream)) throw new InvariantError('INVARIANT_BROKEN', `Artix has no reading "${stream}"`);
  const remark = unreadable(parts, stream);
  if (remark !== null) throw new ConnectionError('VENDOR_UNREADABLE', `${ctx.system}: ${stream}: ${remark}`);
  if (stream !== 'bonuses' && source !== null) {
    yield* source.read(stream, signal);
  } else if (stream !== 'bonuses' && stream !== 'additional-cards') {
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
