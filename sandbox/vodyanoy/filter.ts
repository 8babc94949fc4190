import { readDate } from './dates.ts';

/** What the list filters look at; employees have no groups. */
interface Filtered {
  createdAt: number;
  changedAt: number | undefined;
  isGroup?: boolean;
  roditel?: string;
}

type Test = (row: Filtered) => boolean;

const times: Record<string, (row: Filtered) => number | undefined> = {
  created: (row) => row.createdAt,
  updated: (row) => row.changedAt,
};

const dateTest = (name: string, value: string, zone: string): Test | undefined => {
  const [what = '', edge] = name.split('_');
  const time = times[what];
  const date = readDate(value, zone);
  if (time === undefined || date === undefined) return undefined;
  return (row) => {
    const at = time(row);
    return at !== undefined && (edge === 'gte' ? at >= date.from : at < date.to);
  };
};

/**
 * The rows of a list, ordered by code (Vodyanoy REST, dictionaries): bounds of creation and change belong to the
 * range, a row without a change time matches no `updated_…`; `gr` 0 leaves groups out, 1 adds them, 2 shows only them.
 * Undefined when a parameter cannot be read.
 */
export function selectRows<Row extends Filtered>(rows: Iterable<Row>, query: URLSearchParams, zone: string): Row[] | undefined {
  const tests: Test[] = [];
  for (const name of ['created_gte', 'created_lte', 'updated_gte', 'updated_lte']) {
    const value = query.get(name);
    if (value === null) continue;
    const test = dateTest(name, value, zone);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  const groups = query.get('gr') ?? '0';
  if (!/^[012]$/.test(groups)) return undefined;
  if (groups !== '1') tests.push((row) => (row.isGroup ?? false) === (groups === '2'));
  const parent = query.get('roditel');
  if (parent !== null) tests.push((row) => row.roditel === parent);
  return [...rows].filter((row) => tests.every((passes) => passes(row)));
}
