/** What the exchange service says of a load that it refuses, without what may belong to a person. */
import type { Json } from '../../core/contract.ts';
import { isObject, text } from '../shared/records.ts';
import { safeInfo } from '../shared/safe-info.ts';

/** Where the words may stand: the documents name no key beside `success`. */
const KEYS = ['message', 'messageRu', 'messageEn', 'errorMessage', 'error', 'description', 'reason'] as const;
const LONGEST = 1000;
const HIDDEN = '…';

/** The vendor's words, with whatever was sent left out of them, and the login too; empty where there are none. `sent`: the load, in JSON. */
export function refusalOf(answer: Json | undefined, sent: string, secrets: readonly (string | undefined)[]): string {
  if (!isObject(answer)) return '';
  const said = KEYS.map((key) => text(answer[key] ?? null)).find((words) => words.trim() !== '');
  if (said === undefined) return '';
  const cut = said.slice(0, LONGEST);
  const lower = cut.toLowerCase();
  // What stands where in the one stands there in the other, but for letters that are longer in lower case (İ).
  const words = lower.length === cut.length ? cut : lower;
  const echoed = [...new Set([...valuesIn(JSON.parse(sent) as Json), ...secrets.filter((one) => one !== undefined)])]
    .filter((value) => value.length > 1 && lower.includes(value.toLowerCase()))
    .sort((a, b) => b.length - a.length);
  return safeInfo(echoed.reduce(without, words));
}

/** A text without a value, however that is spelled. */
function without(words: string, value: string): string {
  const small = value.toLowerCase();
  let rest = words;
  for (let at = rest.toLowerCase().indexOf(small); at >= 0; at = rest.toLowerCase().indexOf(small)) {
    rest = `${rest.slice(0, at)}${HIDDEN}${rest.slice(at + small.length)}`;
  }
  return rest;
}

function* valuesIn(value: Json): Generator<string> {
  if (typeof value === 'string' || typeof value === 'number') yield String(value);
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* valuesIn(inner as Json);
}
