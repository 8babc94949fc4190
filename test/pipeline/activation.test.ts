import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { EDITS } from './activation-edits.ts';
import { differences, everything, inEditedWorld, viewDifferences } from './activation-kit.ts';
import { countOf, operationsOf } from './kit.ts';

describeStores('activating a mapping', (openFresh) => {
  it.each(Object.entries(EDITS))('%s: the preview says what then happens, and going back leaves every table as it was', async (_, edit) => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 25 }, async (world) => {
      await world.sync();
      await world.sync();
      await edit(world);
      const before = await everything(store);
      const requests = world.requests();
      const preview = await world.preview();
      expect(await everything(store, [])).toEqual({ ...before, ...(await everythingTold(store)) });
      const activated = await world.activate('a test');
      expect(world.requests()).toBe(requests);
      expect(preview.changes).toBe(true);
      const { activation, ms: _ms, ...said } = activated;
      expect(activation).toBeGreaterThan(1);
      expect({ ...said, activation: null, ms: 0 }).toEqual({ ...preview, ms: 0 });
      const after = await everything(store);
      const { mapping_undo: _undo, ...tables } = differences(store, before, after);
      expect(preview.tables).toEqual(tables);
      const views = viewDifferences(before, after);
      expect(preview.views.reduce((sum, { retimed }) => sum + retimed, 0)).toBe(views.retimed);
      expect(preview.views.reduce((sum, { untimed }) => sum + untimed, 0)).toBe(views.untimed);
      expect(preview.views.reduce((sum, { changed }) => sum + changed, 0)).toBe(views.changed);
      expect(preview.views.map(({ fields }) => fields)).toEqual(views.changed + views.retimed === 0 ? [] : [views.fields]);
      expect(preview.quarantine.reduce((sum, { added }) => sum + added, 0)).toBe(tables['quarantine']?.inserted ?? 0);
      const proposed = (await operationsOf(store)).filter((row) => row.activation === activation);
      const news = preview.operations.filter(({ what, own }) => what === 'new' && own).reduce((sum, { count }) => sum + count, 0);
      expect(proposed.filter(({ state }) => state === 'proposed' || state === 'held').length).toBe(news);
      expect(proposed.filter(({ state }) => state === 'proposed').length).toBe(preview.toSend);
      expect(proposed.filter(({ state }) => ['ready', 'sending', 'applied'].includes(state))).toEqual([]);
      const back = await world.rollback();
      expect(back).toMatchObject({ exact: true, why: null, activation });
      expect(differences(store, before, await everything(store))).toEqual({});
      expect(await everything(store)).toEqual(before);
      expect(await countOf(store, 'mapping_versions', { state: 'rolled-back' })).toBe(1);
      expect(world.requests()).toBe(requests);
    });
  });
});

/** The tables that are not part of a state. */
async function everythingTold(store: Parameters<typeof everything>[0]): Promise<Awaited<ReturnType<typeof everything>>> {
  const { mapping_versions = [], runs = [] } = await everything(store, []);
  return { mapping_versions, runs };
}
