/** Which of two records is the older one: its client keeps the number when they part. */
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import type { RunSetup } from '../setup.ts';

/**
 * Sorts the numbers of records by age: the one seen in an earlier run comes first; of those first seen in one run the one of the
 * system that stands first in `policies.authority`. Which of two systems happened to answer first decides nothing a person can see.
 */
export function byAge(setup: RunSetup, rowOf: (record: number) => Pick<ResolveRow, 'first_run' | 'system_id'> | undefined): (a: number, b: number) => number {
  const { authority } = setup.policies;
  const trust = new Map(setup.systems.map(({ id, name }) => [id, authority.includes(name) ? authority.indexOf(name) : authority.length]));
  return (a, b) => {
    const [x, y] = [rowOf(a), rowOf(b)];
    if (x === undefined || y === undefined) return a - b;
    return x.first_run - y.first_run || (trust.get(x.system_id) ?? authority.length) - (trust.get(y.system_id) ?? authority.length) || a - b;
  };
}
