/** Canonical values as texts for people: masked unless they may be shown. */

import { type EntityKind, fieldSpec } from '../../core/model.ts';
import { decimalFromMinor } from '../../core/money.ts';
import { maskPersonal } from '../../core/redact.ts';

/** `personal: false` masks what is about a person; values that are not (a consent, a state) are shown either way. */
export function shownValue(entity: EntityKind, field: string, value: unknown, personal: boolean): string {
  if (value === undefined || value === null || value === '') return '';
  const spec = fieldSpec(entity, field);
  const mask = (text: string): string => (personal || spec?.personal === false ? text : maskPersonal(text));
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.map((item) => mask(String(item))).join(', ');
  if (typeof value === 'object') return personal ? JSON.stringify(value) : '{…}';
  if (spec?.kind === 'minor' && typeof value === 'number' && Number.isSafeInteger(value)) return decimalFromMinor(value);
  if (spec?.kind === 'instant' && typeof value === 'number') return new Date(value).toISOString().slice(0, 19).replace('T', ' ');
  return mask(String(value));
}
