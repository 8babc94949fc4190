/** What a preview says is what then happens: what is sent, what is set aside, which fields of which entities, and examples that tell something. */
import { expect, it } from 'vitest';
import { activationText } from '../../app/cli/output/activation.ts';
import { activateEditions, editedMappings, type ShownActivation } from '../../app/console/mapping-life.ts';
import { valuesOfEntities } from '../../canonical/stores/entity-fields.ts';
import type { FieldValues } from '../../core/model.ts';
import { describeStores } from '../support/stores.ts';
import { type EditedWorld, inEditedWorld, SHOP, swap } from './activation-kit.ts';
import { addShopClient, addTillClient, CARD, countOf, operationsOf, PETROV, PETROV_ARTIX, rowsOf } from './kit.ts';

const dropped = (field: string, wire: string) => (text: string) =>
  text.replace(new RegExp(`^ {2}${field}:.*\\n`, 'm'), '').replace('ignored:\n', `ignored:\n  ${wire}: dropped by a test\n`);

const sum = ({ operations }: Pick<ShownActivation, 'operations'>, state: string): number =>
  operations.filter((one) => one.state === state && one.what !== 'withdrawn').reduce((all, { count }) => all + count, 0);

async function settled(world: EditedWorld): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await world.sync();
}

describeStores('a preview', (openFresh) => {
  it('counts what is then sent, there and back; what a system cannot take is no part of it', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills', 'crm'], { people: 25 }, async (world) => {
      await settled(world);
      world.edit(SHOP, swap('M: male, F: female', 'M: female, F: male'));
      const preview = await world.preview();
      const activated = await world.activate();
      const activation = activated.activation ?? 0;
      const proposed = (await operationsOf(store, { activation, state: 'proposed' })).length;
      expect([preview.toSend, activated.toSend]).toEqual([proposed, proposed]);
      expect(sum(preview, 'proposed')).toBe(proposed);
      expect(sum(preview, 'unsupported')).toBeGreaterThan(0);
      const writes = world.writes();
      const sent = await world.sync({ job: 'apply', activation, approvedBy: 'a tester' });
      expect([sent.delivered, world.writes() - writes]).toEqual([preview.toSend, preview.toSend]);
      const back = await world.rollback();
      expect(back).toMatchObject({ exact: false, delivered: preview.toSend });
      const undone = await world.sync({ job: 'apply', activation, approvedBy: 'a tester' });
      expect(undone.delivered).toBe(back.toSend);
    });
  });

  it('after going back with nothing delivered, and something written since, nothing waits to be sent', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills', 'crm'], { people: 25 }, async (world) => {
      await settled(world);
      world.edit(SHOP, swap('M: male, F: female', 'M: female, F: male'));
      const { activation, toSend } = await world.activate();
      expect(toSend).toBeGreaterThan(0);
      addShopClient(world, PETROV, CARD);
      await world.sync();
      const back = await world.rollback();
      expect(back).toMatchObject({ exact: false, delivered: 0, toSend: 0 });
      const nothing = await world.sync({ job: 'apply', activation: activation ?? 0, approvedBy: 'a tester' });
      expect(nothing.delivered).toBe(0);
    });
  });

  it('says that a time of change cannot be read, is another one, or is none any more', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop'], { people: 20 }, async (world) => {
      await world.sync();
      const before = await countOf(store, 'records', { stream: 'clients' });
      world.edit(SHOP, (text) => text.replace('last_update_date, as: datetime, pattern: yyyy-MM-dd', 'last_update_date, as: datetime, pattern: dd.MM.yyyy'));
      const unreadable = await world.preview();
      expect(unreadable.quarantine).toEqual([
        { system: 'shop', stream: 'clients', added: before, cured: 0, fields: { 'last_update_date → changedAt': before } },
      ]);
      world.edit(SHOP, (text) => text.replace(/^changedAt:.*\n/m, '').replace('ignored:\n', 'ignored:\n  last_update_date: dropped by a test\n'));
      const none = await world.preview();
      expect(none.views).toMatchObject([{ changed: 0, retimed: before, untimed: before, fields: {} }]);
      expect(none.examples).toMatchObject([
        { field: 'changedAt', after: '(none)' },
        { field: 'changedAt', after: '(none)' },
      ]);
      expect(activationText(none)).toContain(`the time of change would be read otherwise of ${before} records, ${before} of them as none`);
      await world.activate();
      expect((await rowsOf(store, 'records')).filter((row) => row['stream'] === 'clients' && row['changed_at'] !== null)).toEqual([]);
    });
  });

  it('names the fields of entities by what is stored of them', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop'], { people: 25 }, async (world) => {
      await world.sync();
      const ids = (await rowsOf(store, 'clients')).map((row) => Number(row['id']));
      const before = await valuesOfEntities(store.db, 'client', ids);
      world.edit(SHOP, dropped('email', 'email'));
      world.edit(SHOP, dropped('phone', 'phone'));
      const preview = await world.preview();
      await world.activate();
      const after = await valuesOfEntities(store.db, 'client', ids);
      const fields: Record<string, number> = {};
      const filled = (values: FieldValues | undefined, name: string): unknown => values?.[name] ?? null;
      for (const id of ids)
        for (const name of new Set([...Object.keys(before.get(id) ?? {}), ...Object.keys(after.get(id) ?? {})]))
          if (JSON.stringify(filled(before.get(id), name)) !== JSON.stringify(filled(after.get(id), name))) fields[name] = (fields[name] ?? 0) + 1;
      expect(fields['email']).toBeGreaterThan(5);
      expect(fields['emails']).toBeUndefined();
      expect(preview.entities).toMatchObject([{ entity: 'client', fields }]);
      const [example] = preview.entityExamples.filter(({ field }) => field === 'email');
      expect(example?.before).toBe(before.get(Number(example?.key))?.['email']);
      expect(example?.after).toBe('(empty)');
    });
  });

  it('shows examples with a value before those that only say empty instead of nothing, and keeps the two apart', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 12 }, async (world) => {
      const id = addShopClient(world, PETROV, CARD);
      addTillClient(world, 'c1', PETROV_ARTIX, CARD);
      await settled(world);
      world.clock.jump(3_600_000);
      world.sandbox.virtualpos.machine.editCustomer(id, { custom_information: 'rings twice' });
      await world.sync();
      world.edit(SHOP, (text) => text.replace(/^ {2}notes:.*$/m, '  attributes.virtualpos.custom_information: custom_information'));
      const { views, examples } = await world.preview();
      expect(views[0]?.fields['notes']).toBeGreaterThan(views[0]?.values['notes'] ?? 0);
      const notes = examples.filter(({ field }) => field === 'notes').map(({ key, before, after }) => ({ key, before, after }));
      expect(notes).toContainEqual({ key: id, before: 'rings twice', after: '(not said)' });
      const texts = notes.flatMap(({ before, after }) => [before, after]);
      expect(texts).not.toContain('');
      world.edit(SHOP, (text) => text.replace(/^ {2}attributes.virtualpos.custom_information:.*$/m, '  notes: custom_information'));
      world.edit(SHOP, swap('lname', 'fname'));
      const swapped = await world.preview();
      await world.activate();
      const rows = new Map((await operationsOf(store, { action: 'update', state: 'proposed' })).map((row) => [String(row.entity_id), JSON.parse(row.changes)]));
      const sent = swapped.operationExamples.filter(({ system, field }) => system === 'tills' && field === 'name.last');
      expect(sent.map(({ before, after }) => ({ before, after }))).toEqual(sent.map(({ key }) => rows.get(key)?.['name.last']));
      expect(sent.length).toBeGreaterThan(0);
    });
  });

  it('masks the values of all its examples', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 12 }, async (world) => {
      await settled(world);
      world.edit(SHOP, swap('lname', 'fname'));
      const setup = await world.setup();
      const editions = await editedMappings(world.loaded(), setup, { systems: [] });
      const masked = await activateEditions(store, setup, editions, { commit: false, sample: null, note: null, examples: 2, personal: false });
      for (const examples of [masked.examples, masked.entityExamples, masked.operationExamples]) {
        const names = examples.filter(({ field }) => field === 'name.last');
        expect(names.length).toBeGreaterThan(0);
        for (const { before, after } of names) for (const text of [before, after]) expect(text).toMatch(/^(.•••|\(empty\)|\(not said\))$/u);
      }
    });
  });
});
