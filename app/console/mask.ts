/** A record's body without values of people: names of fields stay, texts and numbers are masked. */
import { maskPersonal } from '../../core/redact.ts';

export function maskBody(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskBody);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskBody(member)]));
  if (typeof value === 'string') return maskPersonal(value);
  return typeof value === 'number' && Math.abs(value) > 99 ? maskPersonal(String(value)) : value;
}
