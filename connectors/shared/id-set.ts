/** How a key was met: for the first time in this reading, again in a later pass, or twice in one pass. */
export type Seen = 'new' | 'again' | 'twice';

const FIRST_SIZE = 1024;
/** Up to 15 digits a float is exact; no leading zero, else two texts would be one number. */
const NUMERIC = /^[1-9][0-9]{0,14}$/;

/**
 * The keys met in a reading, and in which pass last. Numeric keys cost some 18 bytes in two typed arrays; other keys, and
 * those with leading zeros, live in a Map.
 */
export class IdSet {
  private ids = new Float64Array(FIRST_SIZE);
  private passes = new Uint8Array(FIRST_SIZE);
  private used = 0;
  private readonly texts = new Map<string, number>();
  private pass = 1;
  private distinct = 0;

  /** Distinct keys of the current pass. */
  get passCount(): number {
    return this.distinct;
  }

  /** Begins the next pass (at most 255). */
  nextPass(): void {
    this.pass += 1;
    this.distinct = 0;
  }

  /** Notes a key. */
  add(id: string): Seen {
    const before = NUMERIC.test(id) ? this.addNumber(Number(id)) : this.addText(id);
    if (before === this.pass) return 'twice';
    this.distinct += 1;
    return before === 0 ? 'new' : 'again';
  }

  /** Whether a key was noted in any pass. */
  has(id: string): boolean {
    return NUMERIC.test(id) ? (this.passes[slotOf(this.ids, Number(id))] ?? 0) > 0 : this.texts.has(id);
  }

  private addText(id: string): number {
    const before = this.texts.get(id) ?? 0;
    this.texts.set(id, this.pass);
    return before;
  }

  private addNumber(id: number): number {
    const slot = slotOf(this.ids, id);
    const before = this.passes[slot] ?? 0;
    this.ids[slot] = id;
    this.passes[slot] = this.pass;
    if (before === 0) {
      this.used += 1;
      if (this.used * 2 > this.ids.length) this.grow();
    }
    return before;
  }

  private grow(): void {
    const ids = new Float64Array(this.ids.length * 2);
    const passes = new Uint8Array(ids.length);
    for (let index = 0; index < this.ids.length; index += 1) {
      const id = this.ids[index] ?? 0;
      if (id === 0) continue;
      const slot = slotOf(ids, id);
      ids[slot] = id;
      passes[slot] = this.passes[index] ?? 0;
    }
    this.ids = ids;
    this.passes = passes;
  }
}

/** The slot that holds the id, or the free one where it belongs. Zero, which no key is, marks a free slot. */
function slotOf(ids: Float64Array, id: number): number {
  const mask = ids.length - 1;
  const mixed = Math.imul(id >>> 0, 0x9e3779b1) ^ Math.imul((id / 0x100000000) >>> 0, 0x85ebca6b);
  let slot = (mixed ^ (mixed >>> 15)) & mask;
  for (;;) {
    const there = ids[slot];
    if (there === 0 || there === id) return slot;
    slot = (slot + 1) & mask;
  }
}
