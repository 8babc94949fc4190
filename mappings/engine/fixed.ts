/** A line without a path: a value of ours that every record of the vendor has, such as its one bonus programme. */
import type { FieldSpec, Value } from '../../core/model.ts';
import { NO_LOSS, type One } from './codec.ts';

const CONSENTS: readonly unknown[] = ['granted', 'withheld', 'refused'];
const DATE = /^(?:\d{4}(?:-\d{2}){0,2}|--\d{2}-\d{2})$/;

/** Whether a value written in a mapping is one of the field's kind. */
export function fits(value: unknown, field: FieldSpec): boolean {
  switch (field.kind) {
    case 'json':
      return true;
    case 'flag':
      return typeof value === 'boolean';
    case 'integer':
    case 'minor':
    case 'instant':
      return Number.isSafeInteger(value);
    case 'code':
      return typeof value === 'string' && (field.codes === undefined || field.codes.includes(value));
    case 'consent':
      return CONSENTS.includes(value);
    case 'date':
      return typeof value === 'string' && DATE.test(value);
    case 'texts':
    case 'phones':
    case 'emails':
      return Array.isArray(value) && value.length > 0 && value.every((one, index) => typeof one === 'string' && (index === 0 || value[index - 1] < one));
    default:
      return typeof value === 'string' && value !== '' && value.trim() === value;
  }
}

/** Reads as the value whatever the record holds; is never written. */
export function fixed(value: Value): One {
  return {
    arity: 'one',
    declared: NO_LOSS,
    decode: () => value,
    encode: () => ({ wire: undefined, losses: NO_LOSS }),
    inDomain: () => false,
  };
}
