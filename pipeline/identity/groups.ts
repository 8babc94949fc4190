/** The clusters as they grow: which records are together, and what stands against joining two of them. */
import type { FieldValues } from '../../core/model.ts';

export interface ClusterRecord {
  readonly id: number;
  readonly systemId: number;
  /** Sorts records the same way whatever their numbers: `system/key`. */
  readonly order: string;
  readonly values: FieldValues;
  /** Client it was linked to so far. */
  readonly client?: number;
  /** Deleted where it was: it tells who its client is, and stands in nobody's way. */
  readonly dead?: boolean;
}

export interface Cluster {
  readonly records: readonly number[];
  /** Rule and evidence of each record's membership. */
  readonly rules: ReadonlyMap<number, { readonly rule: string; readonly with: number | null; readonly why: string }>;
}

export const pairKey = (a: number, b: number): string => (a < b ? `${a}:${b}` : `${b}:${a}`);
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Disjoint sets of records, with the rule by which each came in. */
export class Groups {
  private readonly members = new Map<number, ClusterRecord[]>();
  private readonly home = new Map<number, number>();
  private readonly rules = new Map<number, { rule: string; with: number | null; why: string }>();

  private readonly wereOne: (x: ClusterRecord, y: ClusterRecord) => boolean;

  /** `wereOne`: two records were linked, so that what they say against each other now is a later edit. */
  constructor(records: readonly ClusterRecord[], wereOne: (x: ClusterRecord, y: ClusterRecord) => boolean) {
    this.wereOne = wereOne;
    for (const record of [...records].sort((x, y) => compare(x.order, y.order))) {
      this.members.set(record.id, [record]);
      this.home.set(record.id, record.id);
      this.rules.set(record.id, { rule: 'single', with: null, why: '' });
    }
  }

  together(a: number, b: number): boolean {
    return this.home.get(a) === this.home.get(b);
  }

  /** Some record of the group is not deleted. */
  lives(id: number): boolean {
    return this.groupOf(id).some((record) => record.dead !== true);
  }

  /** The group of each record has a living one in the other's system: both systems know both. */
  sideBySide(a: number, b: number): boolean {
    const [left, right] = [this.groupOf(a), this.groupOf(b)];
    const lives = (group: readonly ClusterRecord[], systemId: number | undefined): boolean =>
      group.some((one) => one.systemId === systemId && one.dead !== true);
    const systemOf = (group: readonly ClusterRecord[], id: number): number | undefined => group.find((one) => one.id === id)?.systemId;
    return lives(left, systemOf(right, b)) && lives(right, systemOf(left, a));
  }

  /** Names the groups of two records. */
  pairOf(a: number, b: number): string {
    return `groups ${pairKey(this.home.get(a) ?? -1, this.home.get(b) ?? -1)}`;
  }

  /** What members of the two groups say against each other, though the two ends do not, as `judge` sees it. */
  contradiction(a: number, b: number, judge: (x: FieldValues, y: FieldValues) => string | null): string | null {
    for (const x of this.groupOf(a)) {
      for (const y of this.groupOf(b)) {
        if (x.dead === true || y.dead === true) continue;
        const against = judge(x.values, y.values);
        if (against !== null && !this.wereOne(x, y)) return against;
      }
    }
    return null;
  }

  /** A person said of a record here and one there that they are different. */
  toldApart(a: number, b: number, forbidden: ReadonlySet<string>): boolean {
    return forbidden.size > 0 && this.groupOf(a).some((x) => this.groupOf(b).some((y) => forbidden.has(pairKey(x.id, y.id))));
  }

  /** Why the two groups must not be joined: two records of one system, or a person said otherwise. */
  clash(a: number, b: number, forbidden: ReadonlySet<string>): string | null {
    const [left, right] = [this.groupOf(a), this.groupOf(b)];
    for (const x of left) {
      for (const y of right) {
        if (forbidden.has(pairKey(x.id, y.id))) return 'a person said that they are different';
        if (x.systemId === y.systemId && x.dead !== true && y.dead !== true) return 'would join two records of one system';
      }
    }
    return null;
  }

  join(a: number, b: number, rule: string, why: string): void {
    const [left, right] = [this.home.get(a), this.home.get(b)];
    if (left === undefined || right === undefined || left === right) return;
    for (const record of this.groupOf(b)) this.home.set(record.id, left);
    this.members.set(left, [...this.groupOf(a), ...(this.members.get(right) ?? [])]);
    this.members.delete(right);
    for (const [record, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (this.rules.get(record)?.rule === 'single') this.rules.set(record, { rule, with: other, why });
    }
  }

  clusters(): Cluster[] {
    return [...this.members.values()].map((records) => ({
      records: records.map((record) => record.id),
      rules: new Map(records.map((record) => [record.id, this.rules.get(record.id) ?? { rule: 'single', with: null, why: '' }])),
    }));
  }

  private groupOf(id: number): readonly ClusterRecord[] {
    return this.members.get(this.home.get(id) ?? -1) ?? [];
  }
}
