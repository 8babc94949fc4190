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

/** Keys of a record's values: phones, e-mail addresses and card numbers of a client; the number of a card; the name of a card type. */
export function keysOf(entity: EntityKind, values: FieldValues): IdentityKey[] {
  if (entity === 'card') return texts(values['number']).map((number) => ({ kind: 'card', value: normalCardNumber(number) }));
  if (entity !== 'client') return [];
  return [
    ...PHONES.flatMap((field) => texts(values[field])).map((value) => ({ kind: 'phone' as const, value })),
    ...EMAILS.flatMap((field) => texts(values[field])).map((value) => ({ kind: 'email' as const, value })),
    ...texts(values['cardNumber']).map((number) => ({ kind: 'card' as const, value: normalCardNumber(number) })),
  ];
}

export function keyHash(key: IdentityKey): number {
  return hash52(`${key.kind}:${key.value}`);
}

function texts(value: Value | undefined): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : [];
}
