import type { Json, PushOperation, WireBody } from '../../core/contract.ts';

/**
 * Whether a field that an operation would change was changed there since it was read: then `fields` are an answer to what is no
 * longer so. What already holds the value wanted is no obstacle. `form` spells a field's value, absent or not, so that one value
 * has one spelling.
 */
export function isOvertaken({ fields, before }: PushOperation, latest: WireBody, form: (name: string, value: Json | undefined) => string): boolean {
  if (before === undefined) return false;
  return Object.entries(fields).some(([name, wanted]) => {
    const now = form(name, own(latest, name));
    return now !== form(name, own(before, name)) && now !== form(name, wanted);
  });
}

const own = (body: WireBody, name: string): Json | undefined => (Object.hasOwn(body, name) ? body[name] : undefined);
