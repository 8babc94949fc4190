/**
 * A client that stands empty at the first reading after we wrote to it: no person did that, but the system, which clears what a
 * change does not name. Pure.
 */
import type { EntityKind, FieldValues } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import type { Push } from './read-back.ts';

/** What a client is known by. */
const KNOWN_BY = ['name.last', 'name.first', 'name.middle', 'name.display', 'phone', 'phones', 'landline', 'email', 'emails'];
/** Gone alone, a patronymic or a further number may well be an edit. */
const TELLING = new Set(['name.last', 'name.first', 'name.display']);

/**
 * Whether all that the client was known by, but for what we sent, is gone at a reading that follows our write: a name, or at least two
 * contacts. `pushes` are our values in it, `before` what it said before that write.
 */
export function isEmptiedByUs(entity: EntityKind, pushes: Iterable<Push> | undefined, before: FieldValues, now: FieldValues): boolean {
  if (entity !== 'client' || pushes === undefined) return false;
  const fresh = new Set([...pushes].filter(({ state }) => state === 'sent').map(({ field }) => field));
  if (fresh.size === 0) return false;
  const known = KNOWN_BY.filter((field) => !fresh.has(field) && !isEmpty(before[field]));
  if (known.length < 2 && !known.some((field) => TELLING.has(field))) return false;
  return known.every((field) => isEmpty(now[field]));
}
