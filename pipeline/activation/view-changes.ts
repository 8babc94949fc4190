/** Views that a transaction has changed, by system, stream and field. */
import type { RowChange } from '../../canonical/compare.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import { sameValue, stableJson } from '../../core/values.ts';

export interface ViewCount {
  readonly system: string;
  readonly stream: string;
  /** Records whose views say something else. */
  readonly changed: number;
  /** Records whose view is the same, and whose times of change are not. */
  readonly restamped: number;
  /** In how many of them each field says something else. */
  readonly fields: Readonly<Record<string, number>>;
}

/** One value before and after, of one record. */
export interface Example {
  readonly system: string;
  readonly stream: string;
  readonly key: string;
  readonly field: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

interface Count {
  system: string;
  stream: string;
  changed: number;
  restamped: number;
  fields: Record<string, number>;
}

export class ViewChanges {
  private readonly streams = new Map<string, Count>();
  private readonly shown: Example[] = [];
  private readonly nameOf: (systemId: number) => string;
  private readonly perField: number;

  constructor(nameOf: (systemId: number) => string, perField: number) {
    this.nameOf = nameOf;
    this.perField = perField;
  }

  add({ before, after }: RowChange, at: (name: string) => number): void {
    const row = after ?? before ?? [];
    const count = this.countOf(this.nameOf(Number(row[at('system_id')])), String(row[at('stream')]));
    const [was, is] = [viewOf(before?.[at('view')]), viewOf(after?.[at('view')])];
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((field) => !isSame(was[field], is[field]));
    if (fields.length === 0) {
      if (['stamps', 'stamp_after', 'stamp_not_after', 'stamp_how'].some((name) => before?.[at(name)] !== after?.[at(name)])) count.restamped += 1;
      return;
    }
    count.changed += 1;
    for (const field of fields) {
      const so = (count.fields[field] ?? 0) + 1;
      count.fields[field] = so;
      const { system, stream } = count;
      if (so <= this.perField) this.shown.push({ system, stream, key: String(row[at('record_key')]), field, before: was[field], after: is[field] });
    }
  }

  counts(): ViewCount[] {
    return [...this.streams.values()].filter(({ changed, restamped }) => changed + restamped > 0);
  }

  /** By stream and field. */
  examples(): Example[] {
    const rank = ({ system, stream, field }: Example): string => [system, stream, field].join(' ');
    return [...this.shown].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  }

  private countOf(system: string, stream: string): Count {
    const at = `${system} ${stream}`;
    let count = this.streams.get(at);
    if (count === undefined) {
      count = { system, stream, changed: 0, restamped: 0, fields: {} };
      this.streams.set(at, count);
    }
    return count;
  }
}

function viewOf(cell: unknown): FieldValues {
  return typeof cell === 'string' ? (JSON.parse(cell) as FieldValues) : {};
}

/** Empty and not said are two things here. */
function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return sameValue(a, b) && stableJson(a) === stableJson(b);
}
