/** Changes of the dictionaries over CSrest. A POST replaces the whole object, so everything that we do not own goes along. */
import type { Context } from '../../core/context.ts';
import type { Json, Outcome, PushOperation, PushResult, WireBody } from '../../core/contract.ts';
import { beforeWriting, outcomeOf } from '../shared/call.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import type { Accounts } from './accounts.ts';
import { maskAsInteger, overlay, REST_FORM, render } from './forms.ts';
import { overtaken, readLatest } from './latest.ts';
import type { ListStream } from './rows.ts';
import type { Server } from './server.ts';
import type { ArtixSettings, RestSettings } from './settings.ts';
import { KEY_FIELDS } from './wire.ts';

/** What a system's writers share. */
export interface Writing {
  readonly ctx: Context;
  readonly settings: ArtixSettings;
  readonly rest: RestSettings;
  readonly server: Server;
  readonly accounts: Accounts | null;
}

export type Send = (operation: PushOperation, signal: AbortSignal) => Promise<Outcome>;

/** Sends operations one by one; the error classes of a call become its outcome. */
export async function* pushEach(operations: AsyncIterable<PushOperation>, send: Send, signal: AbortSignal): AsyncGenerator<PushResult, void, undefined> {
  for await (const operation of operations) {
    let outcome: Outcome;
    try {
      outcome = keyMissing(operation) ?? (await send(operation, signal));
    } catch (error) {
      outcome = outcomeOf(error);
    }
    yield { operationId: operation.id, outcome };
  }
}

/** The writer of a dictionary. */
export function restSender(writing: Writing, stream: ListStream): Send {
  const actions = { clients: sendClient, cards: sendCard, 'card-types': sendCardType };
  return (operation, signal) => actions[stream](writing, operation, signal);
}

async function sendClient(writing: Writing, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { server, rest } = writing;
  switch (operation.action) {
    case 'create': {
      const key = newClientKey(operation);
      const body = { ...render('clients', operation.fields, REST_FORM), idclient: key };
      const existing = await read(writing, 'clients', key, signal);
      if (existing !== null) return sameClient(existing, operation) ? { kind: 'applied', key } : taken('client');
      await server.write('POST', rest.paths.clients, { body }, signal);
      return { kind: 'applied', key };
    }
    case 'update':
      return replace(writing, 'clients', operation, rest.paths.clients, signal);
    case 'delete': {
      // 404 says that there is none, which is what was wanted.
      await server.write('DELETE', rest.paths.clientById, { values: { id: operation.key ?? '' }, absent: true }, signal);
      return { kind: 'applied' };
    }
    default:
      return unsupported(operation);
  }
}

/** A new card: its bonus account and bonus card first, then the card itself. Each step may have been done by an earlier attempt. */
async function sendCard(writing: Writing, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { server, rest, settings, accounts } = writing;
  if (operation.action === 'update') return replace(writing, 'cards', operation, rest.paths.cards, signal);
  if (operation.action !== 'create') return unsupported(operation);
  const card = newCard(settings, operation);
  if ('kind' in card) return card;
  const { idcard: key, number } = card;
  const existing = await read(writing, 'cards', key, signal);
  if (existing !== null && !mayTake(existing, card)) return taken('card');
  if (accounts !== null) await accounts.ensure(number, signal);
  const body = {
    ...render('cards', card.defaults, REST_FORM),
    ...overlay('cards', existing ?? {}, card.fields, REST_FORM),
  };
  await server.write('POST', rest.paths.cards, { body }, signal);
  return { kind: 'applied', key };
}

/** Whether a card that is there already may become the new one: it is the same number, and nobody else's. */
export function mayTake(existing: WireBody, card: NewCard): boolean {
  const holder = text(existing.idclient);
  return text(existing.number) === card.number && (holder === '' || holder === text(card.fields.idclient));
}

async function sendCardType(writing: Writing, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { server, rest } = writing;
  if (operation.action === 'update') return replace(writing, 'card-types', operation, rest.paths.cardGroups, signal);
  if (operation.action !== 'create') return unsupported(operation);
  const id = newGroupKey(operation);
  const body = { ...render('card-types', operation.fields, REST_FORM), ...(id !== '' && { idcardgroup: id }) };
  // The server may give an id of its own whatever we send, and then a repetition makes a second group.
  const answer = await server.write('POST', rest.paths.cardGroups, { body, unsafe: true }, signal);
  const key = idOfGroup(answer.json) || id;
  return key === '' ? { kind: 'unknown', code: 'VENDOR_ANSWER' } : { kind: 'applied', key };
}

function idOfGroup(answer: Json | undefined): string {
  return isObject(answer) ? text(answer.idcardgroup) : '';
}

/**
 * Replaces an object by the body that lies there now, with our fields laid over it: a person at the till may have changed it since it
 * was read. Where one of our own fields was changed, nothing is sent.
 */
async function replace(writing: Writing, stream: ListStream, operation: PushOperation, path: string, signal: AbortSignal): Promise<Outcome> {
  const { key, fields } = operation;
  const latest = key === undefined ? null : await read(writing, stream, key, signal);
  if (latest === null || key === undefined) return unread(stream);
  if (overtaken(stream, operation, latest)) return { kind: 'overtaken' };
  const body = { ...overlay(stream, latest, fields, REST_FORM), [KEY_FIELDS[stream]]: key };
  const answer = await writing.server.write('POST', path, { body }, signal);
  const given = stream === 'card-types' ? idOfGroup(answer.json) : '';
  return given === '' || given === key ? { kind: 'applied' } : { kind: 'applied', key: given };
}

function read({ server, rest }: Writing, stream: ListStream, id: string, signal: AbortSignal): Promise<WireBody | null> {
  return beforeWriting(() => readLatest(server, rest, stream, id, signal));
}

/** Whether a client already holds what a create would send: then it is our own, from an attempt whose answer was lost. */
export function sameClient(existing: WireBody, operation: PushOperation): boolean {
  return Object.entries(render('clients', operation.fields, REST_FORM)).every(
    ([name, value]) => name === 'idclient' || comparable(name, value) === comparable(name, existing[name] ?? null),
  );
}

function comparable(name: string, value: Json): string {
  const plain = maskAsInteger(name, value);
  return isEmpty(plain) ? '' : typeof plain === 'object' ? JSON.stringify(plain) : text(plain);
}

/** The id of a new client: one that was decided already, else our own reference, else the key of the operation. */
export function newClientKey(operation: PushOperation): string {
  return operation.key ?? (text(operation.fields.idclient) || operation.reference || operation.idempotencyKey);
}

/** The id of a new card group; empty where the server must give one. */
export function newGroupKey(operation: PushOperation): string {
  return operation.key ?? (text(operation.fields.idcardgroup) || operation.reference || '');
}

export interface NewCard {
  readonly idcard: string;
  readonly number: string;
  readonly fields: WireBody;
  /** What is sent where neither we nor a card that lies there already say anything. */
  readonly defaults: WireBody;
}

/** The refusal of a new card that has no group; null where it has one. */
export function noGroup({ defaultCardGroup }: ArtixSettings, { idcardgroup }: WireBody): (Outcome & { kind: 'rejected' }) | null {
  if (text(idcardgroup) !== '' || (defaultCardGroup ?? '') !== '') return null;
  return { kind: 'rejected', code: 'CARD_GROUP_MISSING', reason: 'the card names no group, and `defaultCardGroup` is not set' };
}

/** A new card with its ids, its client and its group, or why it cannot be made. */
export function newCard(settings: ArtixSettings, operation: PushOperation): NewCard | (Outcome & { kind: 'rejected' }) {
  const { fields, reference, parentKey } = operation;
  const number = text(fields.number) || text(fields.idcard);
  if (number === '') return { kind: 'rejected', code: 'CARD_NUMBER_MISSING', reason: 'a card needs its number' };
  const { defaultCardGroup } = settings;
  const refusal = noGroup(settings, fields);
  if (refusal !== null) return refusal;
  const ours = settings.idFrom === 'reference' ? reference : undefined;
  const idcard = operation.key ?? (text(fields.idcard) || (ours ?? number));
  const owner = parentKey ?? text(fields.idclient);
  const said = Object.entries(fields).filter(([name, value]) => name !== 'idcardgroup' || !isEmpty(value));
  return {
    idcard,
    number,
    fields: { ...Object.fromEntries(said), idcard, number, ...(owner !== '' && { idclient: owner }) },
    defaults: { blocked: 0, ...(defaultCardGroup !== undefined && { idcardgroup: defaultCardGroup }) },
  };
}

/** The outcome for a change of nothing in particular, which must never reach the vendor; null where there is a key. */
export function keyMissing({ action, key }: PushOperation): Outcome | null {
  if ((action !== 'update' && action !== 'delete') || (key !== undefined && key !== '')) return null;
  return { kind: 'rejected', code: 'KEY_MISSING', reason: `an operation "${action}" needs the key of its record` };
}

/** The outcome for an action that Artix has no call for. */
export function unsupported(operation: PushOperation): Outcome {
  return { kind: 'rejected', code: 'UNSUPPORTED', reason: `Artix has no way to ${operation.action} this` };
}

/** The outcome for an id that belongs to something else. */
export function taken(what: string): Outcome {
  return { kind: 'rejected', code: 'KEY_TAKEN', reason: `the id is another ${what}'s already` };
}

function unread(what: string): Outcome {
  return { kind: 'rejected', code: 'NOT_FOUND', reason: `${what}: nothing is there now to lay our fields over` };
}
