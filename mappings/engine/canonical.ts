/** Whether a value is one of the canonical model: what a line must never read, whatever the vendor sends, and what a file may name. */
import { CONSENTS, type FieldSpec, type Value } from '../../core/model.ts';
import { isDay } from './codecs/date-pattern.ts';
import { isCanonicalList } from './codecs/list-values.ts';

const isText = (value: Value): value is string => typeof value === 'string' && value !== '';
const PHONE = /^\+\d{8,15}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const DATE = /^(?:(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?|--(\d{2})-(\d{2}))$/;

function isDate(value: Value): boolean {
  const match = typeof value === 'string' ? DATE.exec(value) : null;
  if (match === null) return false;
  const [year, month, day] = [Number(match[1] ?? 0), Number(match[2] ?? match[4] ?? 1), Number(match[3] ?? match[5] ?? 1)];
  return isDay(year, month, day) && (match[1] === undefined || year > 0);
}

/** `changedAt` and `createdAt`: times of a record, and no fields of an entity. */
export const MOMENT: FieldSpec = { name: 'changedAt', entity: 'client', kind: 'instant', doc: '', personal: false };

/** What is wrong with it, or null. `null` itself, empty, is a value of every kind. */
export function faultOfValue({ kind, codes }: FieldSpec, value: Value): string | null {
  if (value === null) return null;
  switch (kind) {
    case 'text':
    case 'ref':
      return isText(value) ? null : 'a text that is not empty';
    case 'phone':
      return isText(value) && PHONE.test(value) ? null : '+ and 8 to 15 digits';
    case 'email':
      return isText(value) && EMAIL.test(value) && value === value.toLowerCase() ? null : 'an e-mail address in lower case';
    case 'date':
      return isDate(value) ? null : 'a day YYYY-MM-DD, or a part of one';
    case 'instant':
    case 'integer':
    case 'minor':
      return Number.isSafeInteger(value) ? null : 'a whole number';
    case 'flag':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'code':
      return isText(value) && (codes === undefined || codes.includes(value)) ? null : `one of ${codes?.join(', ') ?? 'the codes'}`;
    case 'consent':
      return (CONSENTS as readonly Value[]).includes(value) ? null : 'granted, withheld or refused';
    case 'texts':
    case 'phones':
    case 'emails':
      return isCanonicalList(value) ? null : 'a sorted list of texts without repetition';
    default:
      return null;
  }
}

/** Whether a value written in a mapping is one of the field's kind, and not empty. */
export function fits(value: unknown, field: FieldSpec): boolean {
  if (field.kind === 'json') return true;
  if (value === null || value === undefined) return false;
  return faultOfValue(field, value as Value) === null && (typeof value !== 'string' || value.trim() === value);
}
