/** `--where` of the command line: conditions on canonical fields of a client. */
import { InvalidArgumentError } from 'commander';
import { FIELDS, type FieldSpec } from '../../core/model.ts';
import { suggestion } from '../../core/nearest.ts';
import type { FilterCondition } from '../../pipeline/setup.ts';

const FORM = 'expected field=value, field!= (it has a value), field= (it has none), or "field in a,b"';
const CLIENT_FIELDS = new Map(FIELDS.filter((field) => field.entity === 'client').map((field) => [field.name, field]));
const LISTS = ['texts', 'phones', 'emails', 'json'];

/** For an option that may be given several times: all conditions must hold. */
export function collectWhere(text: string, previous: readonly FilterCondition[]): readonly FilterCondition[] {
  return [...previous, parseWhere(text)];
}

function parseWhere(text: string): FilterCondition {
  const [, field = '', sign = '', rest = ''] = /^\s*([A-Za-z][A-Za-z0-9.]*)\s*(!=|=|\sin\s)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (field === '') throw new InvalidArgumentError(FORM);
  const spec = CLIENT_FIELDS.get(field);
  if (spec === undefined) throw new InvalidArgumentError(`a client has no field "${field}"${suggestion(field, [...CLIENT_FIELDS.keys()])}`);
  if (sign === '!=') {
    if (rest !== '') throw new InvalidArgumentError(`${FORM}; "is not" is not among them`);
    return { field, empty: false };
  }
  if (sign === '=' && rest === '') return { field, empty: true };
  if (LISTS.includes(spec.kind)) throw new InvalidArgumentError(`${field} is a list: only ${field}= and ${field}!= can be asked`);
  if (sign === '=') return { field, is: valueIn(spec, rest) };
  const parts = rest.split(',').map((one) => one.trim());
  if (parts.some((one) => one === '')) throw new InvalidArgumentError(FORM);
  return { field, in: parts.map((one) => valueIn(spec, one)) };
}

const CONSENTS = ['granted', 'refused'];

function valueIn(spec: FieldSpec, text: string): string | number | boolean {
  const codes = spec.kind === 'consent' ? CONSENTS : spec.codes;
  if (codes !== undefined && !codes.includes(text)) throw new InvalidArgumentError(`${spec.name} is one of ${codes.join(', ')}${suggestion(text, codes)}`);
  if (spec.kind === 'flag') {
    if (text !== 'true' && text !== 'false') throw new InvalidArgumentError(`${spec.name} is true or false`);
    return text === 'true';
  }
  if (!['integer', 'minor', 'instant'].includes(spec.kind)) return text;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError(`${spec.name} is a whole number${spec.kind === 'minor' ? ' (hundredths)' : ''}`);
  return number;
}
