/** Units: a record with the records that were read with it (a customer with cards and balances). An unchanged unit costs one digest. */
import type { Batch, VendorRecord } from '../../core/contract.ts';
import { digest } from '../../core/hash.ts';

/** What landing needs of a batch, or of what a look-up found. */
export type ReadBatch = Pick<Batch, 'records' | 'rejected' | 'began' | 'ended'>;

export interface UnitMember {
  readonly stream: string;
  readonly record: VendorRecord;
  /** The body as JSON text. */
  readonly text: string;
}

export interface Unit {
  readonly root: UnitMember;
  readonly children: readonly UnitMember[];
  readonly digest: string;
}

/** Sorts a batch into units: a record whose parent is in the same batch belongs to the parent's unit. */
export function unitsOf(batch: Pick<Batch, 'records'>): Unit[] {
  const roots: UnitMember[] = [];
  const children = new Map<string, UnitMember[]>();
  const present = new Set<string>();
  for (const [stream, records] of batch.records) for (const record of records) present.add(`${stream}\n${record.key}`);
  for (const [stream, records] of batch.records) {
    for (const record of records) {
      const member = { stream, record, text: JSON.stringify(record.body) };
      const home = record.parent === undefined ? null : `${record.parent.stream}\n${record.parent.key}`;
      if (home === null || !present.has(home)) {
        roots.push(member);
        continue;
      }
      const siblings = children.get(home);
      if (siblings === undefined) children.set(home, [member]);
      else siblings.push(member);
    }
  }
  return roots.map((root) => {
    const own = children.get(`${root.stream}\n${root.record.key}`) ?? [];
    let text = root.record.deleted === true ? `deleted\n${root.text}` : root.text;
    for (const child of own) text += `\n${child.stream}\n${child.record.key}\n${child.text}`;
    return { root, children: own, digest: digest(text) };
  });
}
