/** Whether a wire value is one that the wire schema knows, and the type at a path. */
import type { Json } from '../../../core/contract.ts';
import { isEmptyWire, isObject } from '../path.ts';
import { ANYTHING, inWords, kindOf, type WireType } from './wire-type.ts';

/** What does not fit, or null. Empty fits wherever it may be empty. */
export interface Misfit {
  /** Member inside the value; '' for the value itself. */
  readonly member: string;
  readonly kind: 'kind' | 'value' | 'form' | 'empty';
  readonly detail: string;
}

export function misfit(value: Json, type: WireType, member = ''): Misfit | null {
  if (type.kinds === null || (type.mayBeEmpty && isEmptyWire(value))) return null;
  const kind = kindOf(value);
  if (!type.kinds.has(kind)) return { member, kind: 'kind', detail: `${inWords([kind])}, where the wire has ${inWords(type.kinds)}` };
  if (kind === 'list') return first((value as readonly Json[]).map((item) => misfit(item, type.items ?? ANYTHING, `${member}[]`)));
  if (isObject(value)) {
    const { members } = type;
    if (members === null) return null;
    return first(Object.entries(value).map(([name, one]) => misfit(one, members.get(name) ?? ANYTHING, member === '' ? name : `${member}.${name}`)));
  }
  if (type.closed && !type.values.some((one) => one === value)) return { member, kind: 'value', detail: `a value other than ${type.values.join(', ')}` };
  const isOpen = kind !== 'text' || type.forms === null || type.values.some((one) => one === value);
  return isOpen || type.forms?.some((form) => form.test(String(value))) === true
    ? null
    : { member, kind: 'form', detail: 'a text of another form than the wire has' };
}

/** As `misfit`, of what is written: empty is to be written as the wire has it, and not as just any empty form. */
export function miswritten(value: Json, type: WireType): Misfit | null {
  if (type.kinds === null) return null;
  if (value === '' && !type.blank) return { member: '', kind: 'empty', detail: `an empty text, where the wire has ${withNull(type)}` };
  if (value === null && !type.kinds.has('null')) return { member: '', kind: 'empty', detail: `null, where the wire has ${withNull(type)}` };
  return misfit(value, type);
}

function withNull({ kinds }: WireType): string {
  const words = inWords(kinds ?? []);
  return kinds?.has('null') === true ? (words === 'nothing' ? 'null' : `${words} or null`) : words;
}

const first = (found: readonly (Misfit | null)[]): Misfit | null => found.find((one) => one !== null) ?? null;

/** The type at the end of names; a text names the member that is not there, or is inside what is no object. */
export type Found = { readonly type: WireType } | { readonly missing: string; readonly known: readonly string[] };

export function typeAt(body: WireType, segments: readonly string[]): Found {
  let type = body;
  for (const [index, name] of segments.entries()) {
    if (type.kinds === null) return { type: ANYTHING };
    if (!type.kinds.has('object')) return { missing: name, known: [] };
    if (type.members === null) return { type: ANYTHING };
    const next: WireType | undefined = type.members.get(name);
    // An unknown top-level name is told by the checks of the form already.
    if (next === undefined) return index === 0 ? { type: ANYTHING } : { missing: name, known: [...type.members.keys()] };
    type = next;
  }
  return { type };
}

/** The type at a path whose members are all known; anything where they are not. */
export function typeOrAnything(body: WireType, segments: readonly string[]): WireType {
  const found = typeAt(body, segments);
  return 'type' in found ? found.type : ANYTHING;
}
