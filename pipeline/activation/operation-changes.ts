/** Operations that a transaction has changed: what would be pushed to whom, what is held, what a system cannot take, and what not any more. */
import type { RowChange } from '../../canonical/compare.ts';
import { OPEN_STATES, type OperationState } from '../../canonical/stores/operations.ts';
import type { Value } from '../../core/model.ts';
import { stableJson } from '../../core/values.ts';
import { type Example, Picker, tellingOf } from './examples.ts';

export interface OperationCount {
  readonly system: string;
  readonly stream: string;
  readonly action: string;
  /** `changed`: it was there, with other values or in another state; `withdrawn`: nothing is to be done any more. */
  readonly what: 'new' | 'changed' | 'withdrawn';
  /** As it is afterwards; of what is withdrawn, as it was. Held and unsupported ones are not sent, whoever approves. */
  readonly state: OperationState;
  /** It comes of this activation: `sverka apply --activation` sends it where it is proposed. */
  readonly own: boolean;
  readonly count: number;
  /** In how many of them each field is to be changed; of what was there before, only fields that were to be changed otherwise. */
  readonly fields: Readonly<Record<string, number>>;
}

type FieldChanges = Readonly<Record<string, { readonly before?: Value; readonly after?: Value } | null | undefined>>;

type Count = Omit<OperationCount, 'count' | 'fields'> & { count: number; fields: Record<string, number> };

const RANK: readonly OperationCount['what'][] = ['new', 'changed', 'withdrawn'];

export class OperationChanges {
  private readonly groups = new Map<string, Count>();
  private readonly picked: Picker<Example>;
  private readonly nameOf: (systemId: number) => string;
  private readonly activation: number;

  constructor(nameOf: (systemId: number) => string, activation: number, examples: number) {
    this.nameOf = nameOf;
    this.activation = activation;
    this.picked = new Picker(examples);
  }

  add({ before, after }: RowChange, at: (name: string) => number): void {
    const row = after ?? before ?? [];
    const [was, is] = [before?.[at('state')] as OperationState | undefined, after?.[at('state')] as OperationState | undefined];
    const open = is !== undefined && OPEN_STATES.includes(is);
    // What is over stays over.
    if (!open && (was === undefined || !OPEN_STATES.includes(was))) return;
    const what = !open ? 'withdrawn' : was === undefined || !OPEN_STATES.includes(was) ? 'new' : 'changed';
    const state = (open ? is : was) ?? 'withdrawn';
    const [system, stream, action] = [this.nameOf(Number(row[at('system_id')])), String(row[at('stream')]), String(row[at('action')])];
    const own = open && Number(row[at('activation')] ?? 0) === this.activation;
    const key = [system, stream, action, what, state, own].join(' ');
    const group = this.groups.get(key) ?? { system, stream, action, what, state, own, count: 0, fields: {} };
    this.groups.set(key, group);
    group.count += 1;
    const changes = changesIn(row[at('changes')]);
    for (const field of what === 'changed' ? otherIn(changesIn(before?.[at('changes')]), changes) : Object.keys(changes)) {
      group.fields[field] = (group.fields[field] ?? 0) + 1;
      const change = changes[field];
      if (!open || NOT_SENT.includes(state) || action === 'create' || typeof change !== 'object' || change === null) continue;
      const entity = String(row[at('entity')]);
      const [from, to] = [change.before ?? null, change.after ?? null];
      this.picked.add([system, stream, action, state, field].join(' '), tellingOf(from, to), () => ({
        ...{ system, stream, action, entity, field, before: from, after: to },
        key: String(row[at('entity_id')]),
      }));
    }
  }

  counts(): OperationCount[] {
    return [...this.groups.values()].sort((a, b) => RANK.indexOf(a.what) - RANK.indexOf(b.what) || (a.system < b.system ? -1 : 1));
  }

  /** Of what would be sent for records that are there, by system, stream, action, state and field. */
  examples(): Example[] {
    return this.picked.list();
  }
}

const NOT_SENT: readonly OperationState[] = ['held', 'unsupported'];

const changesIn = (cell: unknown): FieldChanges => JSON.parse(String(cell ?? '{}')) as FieldChanges;

/** Fields whose change is another one; all of them where only the state is. */
function otherIn(before: FieldChanges, after: FieldChanges): string[] {
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const others = all.filter((field) => stableJson(before[field]) !== stableJson(after[field]));
  return others.length > 0 ? others : Object.keys(after);
}
