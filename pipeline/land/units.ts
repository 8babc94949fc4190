/** Units: a record with the records that were read with it (a customer with cards and balances). An unchanged unit costs one digest. */
import type { Batch, VendorRecord } from '../../core/contract.ts';
import { digest } from '../../core/hash.ts';

/** What landing needs of a batch, or of what a look-up found. */
export type ReadBatch = Pick<Batch, 'records' | 'rejected' | 'unchanged' | 'began' | 'ended'>;

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

/** Sorts a batch into units: a record whose parent is in the same batch belongs to the parent's unit, at whatever depth. */
export function unitsOf(batch: Pick<Batch, 'records'>): Unit[] {
  const roots: UnitMember[] = [];
  // By stream and key: what hangs on each record.
  const hanging = new Map<string, Map<string, UnitMember[]>>();
  for (const [stream, records] of batch.records) hanging.set(stream, new Map(records.map(({ key }) => [key, []])));
  for (const [stream, records] of batch.records) {
    for (const record of records) {
      const member = { stream, record, text: JSON.stringify(record.body) };
      const siblings = record.parent === undefined ? undefined : hanging.get(record.parent.stream)?.get(record.parent.key);
      (siblings ?? roots).push(member);
    }
  }
  const under = ({ stream, record }: UnitMember): UnitMember[] => {
    const own = hanging.get(stream)?.get(record.key) ?? [];
    return own.length === 0 ? own : own.flatMap((member) => [member, ...under(member)]);
  };
  return roots.map((root) => {
    const children = under(root);
    return { root, children, digest: root.record.digest ?? digestOf(root, children) };
  });
}

function digestOf(root: UnitMember, children: readonly UnitMember[]): string {
  let text = root.record.deleted === true ? `deleted\n${root.text}` : root.text;
  for (const child of children) text += `\n${child.stream}\n${child.record.key}\n${child.text}`;
  return digest(text);
}

/** What hangs on the root of a unit, as it is stored with it: `cards:2,bonuses:1`; empty where nothing does. */
export function partsOf(children: readonly { readonly stream: string }[]): string {
  const counts = new Map<string, number>();
  for (const { stream } of children) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  return [...counts].map(([stream, count]) => `${stream}:${count}`).join(',');
}

/** Parts of a unit by stream. There are few kinds of units, so each is read once. */
export interface Parts {
  /** Records of the unit, its root included. */
  readonly size: number;
  readonly counts: readonly (readonly [stream: string, count: number])[];
}

const known = new Map<string, Parts>();

export function readParts(text: string): Parts {
  let parts = known.get(text);
  if (parts === undefined) {
    const counts =
      text === '' ? [] : text.split(',').map((part): [string, number] => [part.slice(0, part.lastIndexOf(':')), Number(part.slice(part.lastIndexOf(':') + 1))]);
    parts = { size: counts.reduce((sum, [, count]) => sum + count, 1), counts };
    known.set(text, parts);
  }
  return parts;
}
