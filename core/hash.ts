/** Digests that recognise an unchanged body without comparing it. */
import { createHash, createHmac } from 'node:crypto';

/** 128 bits of SHA-256 as 22 characters of base64url: equal texts, equal digests. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** A digest that only the holder of `secret` can make: for values that must be comparable but never kept (passwords). */
export function keyedDigest(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

/** A 52-bit integer, exact in JavaScript and in every database: an index key for equal texts (collisions are checked by the reader). */
export function hash52(text: string): number {
  const bytes = createHash('sha1').update(text).digest();
  return bytes.readUInt32BE(0) * 0x100000 + (bytes.readUInt32BE(4) >>> 12);
}
