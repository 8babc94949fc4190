import type { HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';

/** From 16 digits on a number no longer fits a float exactly. */
const LONG = 16;
/** A string, or a number: the strings are matched so that digits inside them are left alone. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;
const LONG_DIGITS = /[0-9]{16}/;
const LONG_INTEGER = /^-?[0-9]{16,}$/;

/**
 * The body of an answer as JSON. Integers of 16 and more digits come out as strings with every digit. A byte order mark is
 * accepted. A key `__proto__` is an own field like any other. Throws `ContractError` for HTML, a cut body, bytes that are no
 * UTF-8 or any other content; `what` names the call ("VirtualPOS customer list").
 */
export function parseJson(response: HttpResponse, what: string): Json {
  const source = decodeUtf8(response, what);
  try {
    return JSON.parse(hasLongNumber(response.body) ? quoteLongIntegers(source) : source) as Json;
  } catch {
    // The parser's own message quotes the body, and with it people.
    throw new ContractError('VENDOR_ANSWER', `${what}: ${describe(source)} instead of JSON (HTTP ${response.status})`);
  }
}

/** A JSON text, with integers of 16 and more digits as strings. Throws `SyntaxError`, whose message may quote the text. */
export function parseExact(source: string): Json {
  return JSON.parse(LONG_DIGITS.test(source) ? quoteLongIntegers(source) : source) as Json;
}

/** The body of an answer as text, without a byte order mark. Throws `ContractError` when it is not UTF-8. */
export function decodeUtf8(response: HttpResponse, what: string): string {
  const { body } = response;
  const fault = (): ContractError => new ContractError('VENDOR_ANSWER', `${what}: the answer is not UTF-8 (HTTP ${response.status})`);
  const source = body.toString('utf8');
  // The replacement character appears for wrong bytes, and may also stand in the text itself; only then the strict decoder is asked.
  if (source.includes('\ufffd')) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(body);
    } catch {
      throw fault();
    }
  }
  return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
}

/**
 * Whether a run of 16 digits stands where a number may stand; not inside a string, unless the string looks like it. Every run
 * that long covers a byte at a multiple of 16, so that only those are looked at: the exact way is slow and rarely needed.
 */
function hasLongNumber(body: Buffer): boolean {
  for (let at = LONG - 1; at < body.length; at += LONG) {
    if (!isDigit(body[at])) continue;
    let from = at;
    while (isDigit(body[from - 1])) from -= 1;
    let to = at + 1;
    while (isDigit(body[to])) to += 1;
    if (to - from >= LONG && !isQuote(body[from - 1])) return true;
  }
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isQuote(byte: number | undefined): boolean {
  return byte === 0x22;
}

function quoteLongIntegers(source: string): string {
  return source.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token));
}

function describe(source: string): string {
  const start = source.trimStart().slice(0, 15).toLowerCase();
  if (start === '') return 'an empty body';
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'an HTML page';
  if (start.startsWith('<')) return 'XML';
  return start.startsWith('{') || start.startsWith('[') ? 'a cut or broken document' : 'other text';
}
