/** Which records a reading has shown, in a bit or two each: memory does not grow with the bodies. */
export class Seen {
  private readonly records = new Bits();
  private readonly wholeUnits = new Bits();
  /** Records shown, those of unchanged units counted by the unit's size. */
  count = 0;

  /** Notes a record; with a size, the root of an unchanged unit, which stands for its members. Again is not counted. */
  add(recordId: number, unitSize: number | null): void {
    if (!this.records.set(recordId)) return;
    this.count += unitSize ?? 1;
    if (unitSize !== null) this.wholeUnits.set(recordId);
  }

  has(recordId: number): boolean {
    return this.records.has(recordId);
  }

  /** The record is the root of an unchanged unit, so all that hangs on it was shown. */
  hasWhole(recordId: number): boolean {
    return this.wholeUnits.has(recordId);
  }
}

class Bits {
  private words = new Uint32Array(1 << 10);

  /** Sets a bit; false when it was set. */
  set(index: number): boolean {
    const word = index >>> 5;
    if (word >= this.words.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.words.length * 2));
      grown.set(this.words);
      this.words = grown;
    }
    const mask = 1 << (index & 31);
    const before = this.words[word] ?? 0;
    this.words[word] = before | mask;
    return (before & mask) === 0;
  }

  has(index: number): boolean {
    return ((this.words[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }
}
