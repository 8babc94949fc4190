/** What is made at the first use of an empty store, asked for by several connections at one time. */
import { expect, it } from 'vitest';
import { takeLease } from '../../canonical/stores/leases.ts';
import { Numbers } from '../../canonical/stores/numbers.ts';
import { allSystems, systemIds } from '../../canonical/stores/systems.ts';
import { describeStores } from '../support/stores.ts';

const SYSTEMS = ['shop', 'tills', 'crm', 'delivery'].map((name) => ({ name, vendor: 'virtualpos' }));
const SIDE_BY_SIDE = 6;

describeStores('the first use of a store by several at one time', (openFresh) => {
  it('gives every system one number', async () => {
    const first = await openFresh();
    const stores = [first, ...(await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => openFresh.again(first))))];
    const numbers = await Promise.all(stores.map((store) => systemIds(store.db, SYSTEMS, new Numbers(store), 1)));
    const stored = new Map((await allSystems(first.db)).map(({ id, name }) => [name, id]));
    expect(stored.size).toBe(SYSTEMS.length);
    for (const one of numbers) expect(one).toEqual(stored);
  });

  it('gives a lease to one, and tells the others who has it', async () => {
    const first = await openFresh();
    const stores = [first, ...(await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => openFresh.again(first))))];
    const taken = await Promise.allSettled(
      stores.map((store, at) => store.transaction((trx) => takeLease(trx, 'store', { name: `one/${at}`, isGone: () => false }, 1000, 60_000))),
    );
    expect(taken.filter((one) => one.status === 'fulfilled').map(({ value }) => value)).toEqual([1]);
    const holder = taken.findIndex((one) => one.status === 'fulfilled');
    for (const one of taken) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining(`one/${holder},`) });
    }
  });
});
