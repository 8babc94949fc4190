/** Numbers of ours under systems that are read side by side. */
import { expect, it } from 'vitest';
import { Numbers } from '../../canonical/stores/numbers.ts';
import { describeStores } from '../support/stores.ts';

describeStores('numbers taken side by side', (openFresh) => {
  it('are given once, also when the first two takers come at one time', async () => {
    const store = await openFresh();
    const takers = Array.from({ length: 6 }, () => new Numbers(store));
    for (const name of ['records', 'changes', 'entries'] as const) {
      const taken = await Promise.all(takers.map((numbers) => numbers.take(name)));
      expect(new Set(taken).size).toBe(takers.length);
    }
  });

  it('waste no block when several ask at one time', async () => {
    const store = await openFresh();
    const numbers = new Numbers(store);
    await Promise.all(Array.from({ length: 4 }, () => numbers.reserve('clients', 10)));
    expect(numbers.takeReserved('clients')).toBe(1);
  });
});
