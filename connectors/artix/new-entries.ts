/** New entries of the dictionaries: the ids they get, and what a new card is made with. Every route makes them so. */
import type { Outcome, PushOperation, WireBody } from '../../core/contract.ts';
import { isEmpty, text } from '../shared/records.ts';
import type { ArtixSettings } from './settings.ts';

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

/** Whether a card that is there already may become the new one: it is the same number, and nobody else's. */
export function mayTake(existing: WireBody, card: NewCard): boolean {
  const holder = text(existing.idclient);
  return text(existing.number) === card.number && (holder === '' || holder === text(card.fields.idclient));
}
