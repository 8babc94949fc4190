/** Views that a transaction has changed, by system, stream and field. */
import type { RowChange } from '../../canonical/compare.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import { isEmpty, sameValue, stableJson } from '../../core/values.ts';
import { type Example, Picker, tellingOf } from './examples.ts';

export interface ViewCount {
  readonly system: string;
  readonly stream: string;
  /** Records whose views say something else. */
  readonly changed: number;
  /** Records whose view is the same, and whose times of change are not. */
  readonly restamped: number;
  /** Records of which the vendor's own time of the last change is read as another one, or as none. */
  readonly retimed: number;
  /** Of these, those that have none any more. */
  readonly untimed: number;
  /** In how many of them each field says something else. */
  readonly fields: Readonly<Record<string, number>>;
  /** In how many of those it is another value, and not only empty instead of not said. */
  readonly values: Readonly<Record<string, number>>;
}

interface Count {
  system: string;
  stream: string;
  changed: number;
  restamped: number;
  retimed: number;
  untimed: number;
  fields: Record<string, number>;
  values: Record<string, number>;
}

const STAMPS = ['stamps', 'stamp_after', 'stamp_not_after', 'stamp_how'];

export class ViewChanges {
  private readonly streams = new Map<string, Count>();
  private readonly picked: Picker<Example>;
  private readonly nameOf: (systemId: number) => string;

  constructor(nameOf: (systemId: number) => string, perField: number) {
    this.nameOf = nameOf;
    this.picked = new Picker(perField);
  }

  add({ before, after }: RowChange, at: (name: string) => number): void {
    const row = after ?? before ?? [];
    const count = this.countOf(this.nameOf(Number(row[at('system_id')])), String(row[at('stream')]));
    const key = String(row[at('record_key')]);
    const pick = (field: string, was: Value | undefined, is: Value | undefined): void => {
      const { system, stream } = count;
      this.picked.add([system, stream, field].join(' '), tellingOf(was, is), () => ({
        system,
        stream,
        action: '',
        entity: '',
        key,
        field,
        before: was,
        after: is,
      }));
    };
    if (before !== null && after !== null) countTime(count, momentOf(before[at('changed_at')]), momentOf(after[at('changed_at')]), pick);
    const [was, is] = [viewOf(before?.[at('view')]), viewOf(after?.[at('view')])];
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((field) => !isSame(was[field], is[field]));
    if (fields.length === 0) {
      if (STAMPS.some((name) => before?.[at(name)] !== after?.[at(name)])) count.restamped += 1;
      return;
    }
    count.changed += 1;
    for (const field of fields) {
      count.fields[field] = (count.fields[field] ?? 0) + 1;
      if (!isEmpty(was[field]) || !isEmpty(is[field])) count.values[field] = (count.values[field] ?? 0) + 1;
      pick(field, was[field], is[field]);
    }
  }

  counts(): ViewCount[] {
    return [...this.streams.values()].filter(({ changed, restamped, retimed }) => changed + restamped + retimed > 0);
  }

  /** By stream and field. */
  examples(): Example[] {
    return this.picked.list();
  }

  private countOf(system: string, stream: string): Count {
    const at = `${system} ${stream}`;
    let count = this.streams.get(at);
    if (count === undefined) {
      count = { system, stream, changed: 0, restamped: 0, retimed: 0, untimed: 0, fields: {}, values: {} };
      this.streams.set(at, count);
    }
    return count;
  }
}

const momentOf = (cell: unknown): number | null => (cell === null || cell === undefined ? null : Number(cell));

function countTime(count: Count, was: number | null, is: number | null, pick: (field: string, was: Value, is: Value) => void): void {
  if (was === is) return;
  count.retimed += 1;
  if (is === null) count.untimed += 1;
  pick('changedAt', was, is);
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
