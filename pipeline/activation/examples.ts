/** Examples of changes: some for each field, and of those that there are the ones that say most. */
import type { Value } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';

/** One value before and after: of a record's view, of an entity, or as an operation would change it in a system. */
export interface Example {
  /** A system and a stream; empty for an entity of ours. */
  readonly system: string;
  readonly stream: string;
  /** What is done there; empty where nothing is. */
  readonly action: string;
  readonly entity: string;
  /** Key of the record; number of the entity. */
  readonly key: string;
  readonly field: string;
  /** Undefined: not said; null: empty. */
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Another value says more than one that came or went, and that more than a field that is empty instead of not said. */
export function tellingOf(before: Value | undefined, after: Value | undefined): number {
  return (isEmpty(before) ? 0 : 1) + (isEmpty(after) ? 0 : 1);
}

interface Picked<T> {
  readonly telling: number;
  readonly what: T;
}

export class Picker<T> {
  private readonly groups = new Map<string, Picked<T>[]>();
  private readonly perGroup: number;

  constructor(perGroup: number) {
    this.perGroup = perGroup;
  }

  /** `make` is called only for what is kept. */
  add(group: string, telling: number, make: () => T): void {
    let picked = this.groups.get(group);
    if (picked === undefined) {
      picked = [];
      this.groups.set(group, picked);
    }
    if (picked.length < this.perGroup) {
      picked.push({ telling, what: make() });
      return;
    }
    const at = picked.findIndex((one) => one.telling < telling);
    if (at >= 0) picked.splice(at, 1, { telling, what: make() });
  }

  /** By group, the most telling first. */
  list(): T[] {
    const groups = [...this.groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return groups.flatMap(([, picked]) => [...picked].sort((a, b) => b.telling - a.telling).map(({ what }) => what));
  }
}
