/** Names by time, the earliest first. */
export interface Timed {
  readonly at: number;
  readonly name: string;
}

export class Heap {
  private readonly all: Timed[] = [];

  get first(): Timed | undefined {
    return this.all[0];
  }

  clear(): void {
    this.all.length = 0;
  }

  push(one: Timed): void {
    const { all } = this;
    let at = all.length;
    all.push(one);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = all[above];
      if (parent === undefined || parent.at <= one.at) break;
      all[at] = parent;
      at = above;
    }
    all[at] = one;
  }

  pop(): Timed | undefined {
    const { all } = this;
    const [top] = all;
    const last = all.pop();
    if (top === undefined || last === undefined || all.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [a, b] = [all[left], all[left + 1]];
      const below = b !== undefined && a !== undefined && b.at < a.at ? left + 1 : left;
      const child = all[below];
      if (child === undefined || child.at >= last.at) break;
      all[at] = child;
      at = below;
    }
    all[at] = last;
    return top;
  }
}
