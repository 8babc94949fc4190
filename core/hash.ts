/** Digests that recognise an unchanged body without comparing it. */
import { createHmac, hash } from 'node:crypto';

/** 128 bits of SHA-256 as 22 characters of base64url: equal texts or bytes, equal digests. */
export function digest(content: string | Uint8Array): string {
  return hash('sha256', content, 'base64url').slice(0, 22);
}

/** A digest that only the holder of `secret` can make: for values that must be comparable but never kept (passwords). */
export function keyedDigest(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

/** A 52-bit integer, exact in JavaScript and in every database: an index key for equal texts (collisions are checked by the reader). */
export function hash52(text: string): number {
  return mix(text, 0) % 0x10000000000000;
}

/**
 * A fingerprint of named values, the same whatever their order: the sum of what two independent mixes make of each. For
 * noticing a change, not for secrecy.
 */
export class Fingerprint {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  add(name: string, value: string): void {
    const seed = seedOf(name);
    const first = mix(value, seed);
    const second = mix(value, ~seed);
    this.a = (this.a + first) | 0;
    this.b = (this.b + first / 4294967296) | 0;
    this.c = (this.c + second) | 0;
    this.d = (this.d + second / 4294967296) | 0;
  }

  /** At most 22 characters. */
  toString(): string {
    return `${(this.a >>> 1).toString(36)}${(this.b >>> 0).toString(36)}${(this.c >>> 1).toString(36)}${(this.d >>> 0).toString(36)}`.slice(0, 22);
  }
}

const seeds = new Map<string, number>();

function seedOf(name: string): number {
  let seed = seeds.get(name);
  if (seed === undefined) {
    seed = mix(name, 1) | 0;
    seeds.set(name, seed);
  }
  return seed;
}

/** 53 well-mixed bits of a text (cyrb53, public domain, by bryc): two 32-bit multiplicative mixes, joined. */
function mix(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
