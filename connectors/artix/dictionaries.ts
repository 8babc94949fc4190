/** The streams of the cash server's dictionaries: clients, card groups, cards and additional cards, whatever carries them. */
import type { Capabilities, Found, Probe, Stream, WireBody } from '../../core/contract.ts';
import { isObject } from '../shared/records.ts';
import { formOf } from './commands.ts';
import { clientsLoad } from './full-load.ts';
import { readLatest } from './latest.ts';
import type { Exists, Lookup } from './loads.ts';
import { noGroup } from './new-entries.ts';
import type { Parts } from './parts.ts';
import { findById } from './read.ts';
import type { CommandStream, ListStream } from './rows.ts';
import type { ArtixSettings } from './settings.ts';
import type { RestSettings } from './settings-calls.ts';
import { artixWire } from './wire.ts';
import { pushEach, restSender } from './write.ts';

type Find = (probe: Probe, signal: AbortSignal) => Promise<Found>;

/** A stream of the dictionaries. */
export function dictionary(parts: Parts, name: CommandStream): Stream {
  const { cash, accounts, exchange, settings, ctx } = parts;
  const find = findOf(parts, name);
  const base = {
    name,
    wire: artixWire[name],
    capabilities: capabilitiesOf(parts, name, find),
    ...(find !== null && { find: find.by }),
    ...(isCards(name) && { refuses: (fields: WireBody) => groupMissing(settings, fields) }),
  };
  if (exchange !== null) {
    const lookup = lookupOf(parts, name);
    return {
      ...base,
      push: (operations, signal, intend) => exchange.by.push(name, operations, lookup, signal, intend),
      confirm: (handle, signal) => exchange.by.confirm(handle, name === 'card-types' ? null : existsIn(lookup, signal), cash !== null && isListed(name)),
      ...(name === 'clients' && { load: clientsLoad(exchange.by, formOf(exchange.form)) }),
    };
  }
  if (cash === null || !isListed(name)) return base;
  const send = restSender({ ctx, settings, accounts, ...cash }, name);
  return { ...base, push: (operations, signal) => pushEach(operations, send, signal) };
}

const isCards = (name: CommandStream): boolean => name === 'cards' || name === 'additional-cards';

/** Of what a new card needs, its group is the one thing that our side may lack for all of them. */
function groupMissing(settings: ArtixSettings, fields: WireBody): string | null {
  const refusal = noGroup(settings, fields);
  return refusal && `${refusal.code}: ${refusal.reason}`;
}

const isListed = (name: CommandStream): name is ListStream => name !== 'additional-cards';

const pathOf = (rest: RestSettings, name: 'clients' | 'cards'): string => (name === 'cards' ? rest.paths.cardById : rest.paths.clientById);

/** How records of a stream are looked up, and by what. */
function findOf(parts: Parts, name: CommandStream): { readonly by: Find; readonly probes: readonly (keyof Probe)[] } | null {
  const byKey = findByKey(parts, name);
  const online = name === 'clients' || name === 'cards' ? parts.onlineCard : null;
  if (byKey === null && online === null) return null;
  const keys: (keyof Probe)[] = byKey === null ? [] : name === 'clients' ? ['key', 'reference'] : ['key'];
  const more: (keyof Probe)[] = online === null ? [] : name === 'clients' ? ['phone', 'cardNumber'] : ['cardNumber'];
  return {
    probes: [...keys, ...more],
    by: (probe, signal) => {
      if (online !== null && probe.cardNumber !== undefined) return online.byNumber(probe.cardNumber, signal);
      if (online !== null && probe.phone !== undefined) return online.byPhone(probe.phone, signal);
      const now = parts.ctx.clock.now();
      const key = probe.key ?? probe.reference ?? '';
      return byKey === null ? Promise.resolve({ records: new Map(), rejected: [], began: now, ended: now }) : byKey(key, signal);
    },
  };
}

function findByKey({ cash, source }: Parts, name: CommandStream): ((key: string, signal: AbortSignal) => Promise<Found>) | null {
  if (source !== null) return (key, signal) => source.find(name, key, signal);
  if (cash === null || (name !== 'clients' && name !== 'cards')) return null;
  return (key, signal) => findById(cash.server, pathOf(cash.rest, name), name, key, signal);
}

/** Looks at what lies under a key, whether or not it is in the documented form; null where nobody can tell. */
function lookupOf(parts: Parts, name: CommandStream): Lookup | null {
  const { source } = parts;
  if (source !== null) return (key, signal) => source.peek(name, key, signal);
  const { cash } = parts;
  if (cash !== null && name === 'card-types') return (key, signal) => readLatest(cash.server, cash.rest, name, key, signal);
  const find = findByKey(parts, name);
  if (find === null) return null;
  return async (key, signal) => {
    const { records, rejected } = await find(key, signal);
    const body = records.get(name)?.[0]?.body ?? rejected[0]?.body;
    return isObject(body) ? body : null;
  };
}

function existsIn(lookup: Lookup | null, signal: AbortSignal): Exists | null {
  return lookup && (async (key) => (await lookup(key, signal)) !== null);
}

function capabilitiesOf({ cash, exchange }: Parts, name: CommandStream, find: ReturnType<typeof findOf>): Capabilities {
  const byCommand = exchange !== null;
  const writes = byCommand || (cash !== null && isListed(name));
  return {
    // Only for clients a command that changes single attributes is documented.
    update: !writes ? 'none' : byCommand && name === 'clients' ? 'patch' : 'replace',
    create: writes,
    delete: writes && name === 'clients',
    clear: true,
    findBy: find?.probes ?? [],
    confirmsLater: byCommand,
    // The cash server may give a new group an id of its own.
    repeat: name === 'card-types' && !byCommand ? 'unsafe' : 'safe',
    ...(name === 'clients' && { reference: { field: 'idclient', kind: 'text' as const } }),
  };
}
