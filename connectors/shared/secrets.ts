/** Wire fields that are nobody's business (a code word, a PIN): what leaves a connector has a digest in their place (DESIGN §10). */
import type { ZodObject } from 'zod';
import type { Batch, Found, Json, RejectedRecord, VendorRecord, WireBody } from '../../core/contract.ts';
import { keyedDigest } from '../../core/hash.ts';
import { isEmpty, isObject } from './records.ts';

/** Stands for a secret where there is no key for a digest: a PIN is soon found by trying where the digest has none. */
const HIDDEN = '(secret)';

/** The fields that a wire schema declares with `.meta({ secret: true })`. */
export function secretFields(schema: ZodObject): readonly string[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => field.meta()?.['secret'] === true)
    .map(([name]) => name);
}

export interface Concealer {
  batch(batch: Batch): Batch;
  found(found: Found): Found;
}

/** Replaces the secrets of the given schemas by digests that only the holder of `key` can make; equal ones of two records differ. */
export function concealer(schemas: readonly ZodObject[], key: string | undefined): Concealer {
  const names = new Set(schemas.flatMap(secretFields));
  // In a text that could not be parsed.
  const inText = new RegExp(`(["']?(?:${[...names].join('|')})["']?\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"?|[^,}\\s]+)`, 'gi');

  const hidden = (of: string, name: string, value: Json): Json => {
    if (isEmpty(value) || value === HIDDEN) return value;
    return key === undefined || key === '' ? HIDDEN : keyedDigest(key, JSON.stringify([of, name, value]));
  };
  const record = (one: VendorRecord): VendorRecord => {
    const kept = [...names].filter((name) => Object.hasOwn(one.body, name) && !isEmpty(one.body[name]));
    if (kept.length === 0) return one;
    const digests = kept.map((name): [string, Json] => [name, hidden(one.key, name, one.body[name] ?? null)]);
    return { ...one, body: { ...one.body, ...Object.fromEntries(digests) } };
  };
  const deep = (of: string, value: Json): Json => {
    if (typeof value === 'string') return value.replace(inText, `$1"${HIDDEN}"`);
    if (Array.isArray(value)) return value.map((item: Json) => deep(of, item));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, names.has(name.toLowerCase()) ? hidden(of, name, inner) : deep(of, inner)]));
  };
  const rejected = (list: readonly RejectedRecord[]): RejectedRecord[] => list.map((one) => ({ ...one, body: deep(one.key ?? '', one.body) }));
  const records = (all: Batch['records']): Batch['records'] => new Map([...all].map(([stream, list]) => [stream, list.map(record)]));

  return {
    batch: (batch) => ({ ...batch, records: records(batch.records), rejected: rejected(batch.rejected) }),
    found: (found) => ({ ...found, records: records(found.records), rejected: rejected(found.rejected) }),
  };
}

/** A body without the fields named: what stands in their place must never be sent. */
export function without(body: WireBody, names: readonly string[]): WireBody {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}
