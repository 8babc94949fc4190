/** Answers of Lotinfo: `result`, or what was refused; the HTTP status decides nothing ("any answer without `result` is failed"). */
import type { HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { parseJson } from '../shared/json.ts';
import { isObject, text } from '../shared/records.ts';

/** An error or a notice: its number, the field it speaks of and the index in `data`, as far as they are said. */
export interface Remark {
  readonly code: string;
  readonly field: string;
  readonly index: number | null;
}

export type Answer =
  | { readonly result: Json; readonly notices: readonly Remark[] }
  /** Refused, with or without a word why. */
  | { readonly errors: readonly Remark[]; readonly status: number };

const NAME = /^[\w.[\]-]{1,64}$/;

/**
 * Reads an answer. A client error (4xx) without a readable body is a refusal without reasons. Throws `ContractError` for a body
 * that is no JSON, or one that has neither a result nor errors. Texts of errors are left out on purpose: they may quote people.
 */
export function readAnswer(response: HttpResponse, what: string): Answer {
  const refused = response.status >= 400;
  let body: Json;
  try {
    body = parseJson(response, what);
  } catch (error) {
    if (refused) return { errors: [], status: response.status };
    throw error;
  }
  if (isObject(body)) {
    const errors = remarks(body, 'errors', 'error');
    const result = body.result;
    if (result !== undefined && result !== null && result !== false) {
      return { result, notices: [...remarks(body, 'notices', 'notice'), ...errors] };
    }
    if (errors.length > 0) return { errors, status: response.status };
  }
  if (refused) return { errors: [], status: response.status };
  throw new ContractError('VENDOR_ANSWER', `${what}: neither a result nor an error in the answer`);
}

/** `error 3 in field sex, row 7`: numbers and names only. */
export function describeRemark(word: string, { code, field, index }: Remark): string {
  const parts = [code === '' ? word : `${word} ${code}`];
  if (field !== '') parts.push(`in field ${field}`);
  return index === null ? parts.join(' ') : `${parts.join(' ')}, row ${index}`;
}

/** All errors of a refusal in words. */
export function describeErrors(errors: readonly Remark[], status: number): string {
  if (errors.length === 0) return `HTTP ${status} without a reason`;
  return errors.map((error) => describeRemark('error', error)).join('; ');
}

/** Remarks of a list, of a single object, or spread over the answer itself (`error`, `error_text`, …). */
function remarks(body: { readonly [name: string]: Json }, list: string, word: string): Remark[] {
  const own = body[list];
  const entries = Array.isArray(own) ? own : own === undefined || own === null ? [] : [own];
  const spread = body[word] === undefined || body[word] === null ? [] : [body[word]];
  const top = spread.map((entry): Json => (isObject(entry) ? entry : body));
  return [...entries, ...top].map((entry) => remark(entry, word));
}

function remark(entry: Json, word: string): Remark {
  if (!isObject(entry)) return { code: codeOf(entry), field: '', index: null };
  const field = text(entry[`${word}_field`]);
  const index = text(entry[`${word}_array`]);
  return {
    code: codeOf(entry[word] ?? entry[`${word}_code`]),
    field: NAME.test(field) ? field : '',
    index: /^\d{1,9}$/.test(index) ? Number(index) : null,
  };
}

function codeOf(value: Json | undefined): string {
  const code = text(value);
  return /^-?\d{1,9}$/.test(code) || /^[A-Z][A-Z0-9_]{0,31}$/.test(code) ? code : '';
}
