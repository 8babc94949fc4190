import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { EDITS } from './activation-edits.ts';
import { everything, inEditedWorld, SHOP, swap } from './activation-kit.ts';

/** Where runs stand: they move although nothing was new. */
const RUN_BOOKKEEPING = ['mapping_versions', 'runs', 'checkpoints', 'leases', 'sequences', 'jobs'];

describeStores('taking a mapping back after runs', (openFresh) => {
  it.each(Object.entries(EDITS))('%s: runs that find nothing new leave going back exact', async (_, edit) => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 25 }, async (world) => {
      await world.sync();
      await world.sync();
      const before = await everything(store, RUN_BOOKKEEPING);
      await edit(world);
      await world.activate();
      const activated = await everything(store, [...RUN_BOOKKEEPING, 'cursors']);
      await world.sync();
      await world.sync({ full: true });
      expect(await everything(store, [...RUN_BOOKKEEPING, 'cursors'])).toEqual(activated);
      expect(await world.rollback()).toMatchObject({ exact: true, why: null });
      expect(await everything(store, RUN_BOOKKEEPING)).toEqual(before);
      const writes = world.writes();
      await world.sync();
      await world.sync({ full: true });
      expect(world.writes()).toBe(writes);
      const { cursors: _, ...tables } = before;
      expect(await everything(store, [...RUN_BOOKKEEPING, 'cursors'])).toEqual(tables);
    });
  });

  it('goes back step by step through runs that found nothing new', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 5 }, async (world) => {
      const standing = [...RUN_BOOKKEEPING, 'cursors'];
      await world.sync();
      await world.sync();
      const zero = await everything(store, standing);
      world.edit(SHOP, swap('lname', 'fname'));
      await world.activate('one');
      await world.sync();
      const one = await everything(store, standing);
      world.edit(SHOP, (text) => text.replace('M: male', 'M: female'));
      await world.activate('two');
      await world.sync();
      expect(await world.rollback()).toMatchObject({ exact: true });
      expect(await everything(store, standing)).toEqual(one);
      await world.sync();
      expect(await world.rollback()).toMatchObject({ exact: true });
      expect(await everything(store, standing)).toEqual(zero);
    });
  });
});
