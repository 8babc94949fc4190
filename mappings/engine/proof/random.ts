/** Chance from a seed: the same seed, the same values, on every machine. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  /** Whether a thing that happens in `share` of all cases happens now. */
  chance(share: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** As `pick`; undefined for an empty list. */
  any<T>(items: readonly T[]): T | undefined;
  /** That many decimal digits. */
  digits(count: number): string;
}

/** Mulberry32: 32 bits of state, good enough to spread values over a law. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    chance: (share) => next() < share,
    pick: (items) => items[int(items.length)] ?? items[0],
    any: (items) => items[int(items.length)],
    digits: (count) => Array.from({ length: count }, () => int(10)).join(''),
  };
}
