/** What a record can be recognised by. */
import { hash52 } from '../../core/hash.ts';
import type { EntityKind, FieldValues, Value } from '../../core/model.ts';
import type { Evidence } from './evidence.ts';

export interface IdentityKey {
  readonly kind: Evidence;
  readonly value: string;
}

const PHONES = ['phone', 'phones', 'landline'];
const EMAILS = ['email', 'emails'];

/** Card numbers are compared without blanks, and letters without case. */
export function normalCardNumber(value: string): string {
  return value.replace(/[\s-]/g, '').toUpperCase();
}

/** A number in a client's record this short is a counter, not a card. */
const SHORTEST_NOTED_CARD = 4;

/** Keys of a record's values: phones, e-mail addresses and card numbers of a client; the number of a card. */
export function keysOf(entity: EntityKind, values: FieldValues): IdentityKey[] {
  const keys: IdentityKey[] = [];
  if (entity === 'card') add(keys, 'card', values['number']);
  if (entity !== 'client') return keys;
  for (const field of PHONES) add(keys, 'phone', values[field]);
  for (const field of EMAILS) add(keys, 'email', values[field]);
  const noted = values['cardNumber'];
  if (typeof noted === 'string' && noted.length >= SHORTEST_NOTED_CARD) add(keys, 'card', noted);
  return keys;
}

function add(keys: IdentityKey[], kind: Evidence, value: Value | undefined): void {
  if (value === undefined || value === null || value === '') return;
  if (typeof value === 'string') keys.push({ kind, value: kind === 'card' ? normalCardNumber(value) : value });
  else if (Array.isArray(value)) for (const item of value) add(keys, kind, item);
}

export function keyHash(key: IdentityKey): number {
  return hash52(`${key.kind}:${key.value}`);
}

/** Whether a record is recognised by the same with other values. */
export function sameKeys(entity: EntityKind, before: FieldValues, now: FieldValues): boolean {
  const [was, is] = [keysOf(entity, before), keysOf(entity, now)];
  return was.length === is.length && was.every(({ kind, value }, at) => is[at]?.kind === kind && is[at]?.value === value);
}

/** Hashes of what a record can be recognised by, each once. */
export function hashesOf(entity: EntityKind, values: FieldValues): Set<number> {
  return new Set(keysOf(entity, values).map(keyHash));
}
