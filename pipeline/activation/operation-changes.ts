/** Operations that a transaction has changed: what would be pushed to whom, and what not any more. */
import type { RowChange } from '../../canonical/compare.ts';
import { OPEN_STATES, type OperationState } from '../../canonical/stores/operations.ts';

export interface OperationCount {
  readonly system: string;
  readonly stream: string;
  readonly action: string;
  /** `new`: to be approved or held; `changed`: it was there, with other values; `withdrawn`: nothing is to be done any more; `unsupported`: new, and the system cannot take it. */
  readonly what: 'new' | 'changed' | 'withdrawn' | 'unsupported';
  readonly count: number;
  readonly fields: Readonly<Record<string, number>>;
}

interface Count {
  system: string;
  stream: string;
  action: string;
  what: OperationCount['what'];
  count: number;
  fields: Record<string, number>;
}

const RANK: readonly OperationCount['what'][] = ['new', 'changed', 'withdrawn', 'unsupported'];

export class OperationChanges {
  private readonly groups = new Map<string, Count>();
  private readonly nameOf: (systemId: number) => string;

  constructor(nameOf: (systemId: number) => string) {
    this.nameOf = nameOf;
  }

  add({ before, after }: RowChange, at: (name: string) => number): void {
    const row = after ?? before ?? [];
    const [was, is] = [before?.[at('state')] as OperationState | undefined, after?.[at('state')] as OperationState | undefined];
    const what = kindOf(was, is);
    const [system, stream, action] = [this.nameOf(Number(row[at('system_id')])), String(row[at('stream')]), String(row[at('action')])];
    const key = [system, stream, action, what].join(' ');
    const group = this.groups.get(key) ?? { system, stream, action, what, count: 0, fields: {} };
    this.groups.set(key, group);
    group.count += 1;
    for (const field of Object.keys(JSON.parse(String(row[at('changes')])) as object)) group.fields[field] = (group.fields[field] ?? 0) + 1;
  }

  counts(): OperationCount[] {
    return [...this.groups.values()].sort((a, b) => RANK.indexOf(a.what) - RANK.indexOf(b.what) || (a.system < b.system ? -1 : 1));
  }
}

function kindOf(was: OperationState | undefined, is: OperationState | undefined): OperationCount['what'] {
  if (is === undefined || !OPEN_STATES.includes(is)) return 'withdrawn';
  if (was === undefined) return is === 'unsupported' ? 'unsupported' : 'new';
  return 'changed';
}
