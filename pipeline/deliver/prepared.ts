/** An operation in the vendor's form, or why it is not sent now. */
import type { OperationRow } from '../../canonical/stores/operations.ts';
import { loadRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { PushOperation } from '../../core/contract.ts';
import type { Value } from '../../core/model.ts';
import type { Engine } from '../engine.ts';

/** An operation on its way, with what its outcome will be judged by. */
export interface Prepared {
  readonly row: OperationRow;
  readonly push: PushOperation;
  /** The record to change, as it was read last. */
  readonly record: RecordRow | null;
  /** Values sent, by canonical field. */
  readonly sent: Readonly<Record<string, Value>>;
  /** Key of the client it hangs on in this system, and that client's stream. */
  readonly parent: { readonly stream: string; readonly key: string } | null;
}

/** The record that an operation changes, as it is stored; null: none is known. */
export async function targetOf({ store }: Engine, { record_id: id }: OperationRow): Promise<RecordRow | null> {
  return id === null ? null : ((await loadRecords(store.db, [id]))[0] ?? null);
}

/** Why an operation is not sent now: it waits for something else, or has become pointless. */
export interface Withheld {
  readonly state: 'ready' | 'withdrawn' | 'held';
  readonly why: string;
  /** Its record is looked at again by the next run, which plans what is to be done instead. */
  readonly again?: true;
}
