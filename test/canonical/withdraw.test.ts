import { expect, it } from 'vitest';
import { insertOperations, type OperationRow, type OperationState } from '../../canonical/stores/operations.ts';
import { withdrawOf } from '../../canonical/stores/withdraw.ts';
import { describeStores } from '../support/stores.ts';

const operation = (id: number, entity: string, entity_id: number, state: OperationState): OperationRow => ({
  ...{ id, entity, entity_id, state, run_id: 1, system_id: 1, stream: 'clients', action: 'update', programme_id: 0, record_id: null, changes: '{}' },
  ...{ reason: null, why: null, needs_person: 1, approved_by: null, moved_from: null, activation: null, idempotency_key: `key ${id}`, handle: null },
  ...{ notices: null, attempts: 0, not_before: null, sent_at: null, answered_at: null, created_at: 1, changed_at: 1 },
});

describeStores('operations of who is no more', (openFresh) => {
  it('are withdrawn where they wait, with those of their accounts; what is under way or over stays', async () => {
    const { db } = await openFresh();
    await insertOperations(db, [
      operation(1, 'client', 7, 'proposed'),
      operation(2, 'account', 7, 'held'),
      operation(3, 'client', 7, 'sending'),
      operation(4, 'client', 7, 'applied'),
      operation(5, 'card', 7, 'ready'),
      operation(6, 'client', 8, 'ready'),
    ]);
    await withdrawOf(db, 'client', [7], 50);
    const rows = (await db('operations').orderBy('id')) as OperationRow[];
    expect(rows.map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn', 'sending', 'applied', 'ready', 'ready']);
    expect(rows[1]).toMatchObject({ needs_person: 0, changed_at: 50, why: 'the client went up in another one' });
    await withdrawOf(db, 'card', [7], 60);
    expect((await db('operations').where({ id: 5 }).first('state'))?.['state']).toBe('withdrawn');
  });
});
