import { expect, it } from 'vitest';
import type { Batch, System, VendorRecord } from '../../core/contract.ts';
import { TransientError } from '../../core/errors.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type SYSTEMS } from '../support/world.ts';
import { canonicalState, inWorld, openReviews, runWith, withSystem } from './kit.ts';

const FOUR = ['shop', 'tills', 'crm', 'delivery'] as const;
const readOnly = (names: readonly (keyof typeof SYSTEMS)[]): string => configOf(names, policiesOf(FOUR)).replaceAll('push: auto, create: all', 'push: off');

/** All rows of a reading, every stream in an order of its own, the last stream first. */
async function wholeReading(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  return list
    .map((item, at) => [((at + 1) * 7919 * seed) % 10_007, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function shuffling(system: System, seed: number): System {
  return {
    ...system,
    readings: [...system.readings].reverse(),
    async *pull(request, checkpoint, signal) {
      const batches = await wholeReading(system.pull(request, checkpoint, signal));
      const [last] = batches.slice(-1);
      if (last === undefined) return;
      const records = new Map<string, VendorRecord[]>();
      for (const batch of batches) for (const [stream, list] of batch.records) records.set(stream, [...(records.get(stream) ?? []), ...list]);
      const rows = [...records].reverse().map(([stream, list]) => [stream, shuffled(list, seed)] as const);
      yield { ...last, records: new Map(rows), rejected: batches.flatMap((batch) => batch.rejected) };
    },
  };
}

/** A reading that breaks after the rows of its last stream: cards come without their clients. */
function breaking(system: System): System {
  return {
    ...system,
    async *pull(request, checkpoint, signal) {
      const batches = await wholeReading(system.pull(request, checkpoint, signal));
      const [first] = batches;
      if (first === undefined) return;
      const last = [...first.records].slice(-2);
      yield { ...first, records: new Map(last), complete: 'page' };
      throw new TransientError('VENDOR_BUSY', 'the vendor is busy');
    },
  };
}

describeStores('any order gives the same result', (openFresh) => {
  it('whatever the order in which systems are pulled, one after another', async () => {
    const results: unknown[] = [];
    for (const order of [FOUR, [...FOUR].reverse(), ['crm', 'shop', 'delivery', 'tills']] as const) {
      await inWorld(await openFresh(), { people: 40, seed: 3, config: readOnly(order) }, async (world) => {
        for (const name of order) expect((await world.sync({ systems: [name] })).problems).toEqual([]);
        results.push([await canonicalState(world.store), (await openReviews(world.store)).map((review) => review.kind).sort()]);
      });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  }, 60_000);

  it('whatever the order of rows and readings, cards before clients', async () => {
    const results: unknown[] = [];
    for (const seed of [0, 5, 11]) {
      await inWorld(await openFresh(), { people: 40, seed: 3, config: readOnly(FOUR) }, async (world) => {
        const report =
          seed === 0
            ? await world.sync()
            : await runWith(world, (setup) => FOUR.reduce((changed, name) => withSystem(changed, name, (system) => shuffling(system, seed)), setup));
        expect(report.problems).toEqual([]);
        results.push([await canonicalState(world.store), (await openReviews(world.store)).length]);
      });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  }, 60_000);

  it('when a reading breaks after the cards and is read whole by the next run', async () => {
    const results: unknown[] = [];
    for (const broken of [false, true]) {
      await inWorld(await openFresh(), { people: 40, seed: 3, config: readOnly(FOUR) }, async (world) => {
        if (broken) {
          const report = await runWith(world, (setup) => FOUR.reduce((changed, name) => withSystem(changed, name, breaking), setup));
          expect(report.state).toBe('failed');
        }
        expect((await world.sync()).problems).toEqual([]);
        results.push([await canonicalState(world.store), (await openReviews(world.store)).length]);
      });
    }
    expect(results[1]).toEqual(results[0]);
  }, 60_000);

  it('when rights to write are given only after everything was read in another order', async () => {
    const results: unknown[] = [];
    for (const order of [FOUR, ['delivery', 'crm', 'tills', 'shop']] as const) {
      await inWorld(await openFresh(), { people: 24, seed: 4, config: configOf(order, policiesOf(FOUR)) }, async (world) => {
        expect((await world.sync()).problems).toEqual([]);
        expect((await world.sync()).problems).toEqual([]);
        results.push(await canonicalState(world.store));
      });
    }
    expect(results[1]).toEqual(results[0]);
  }, 60_000);
});
