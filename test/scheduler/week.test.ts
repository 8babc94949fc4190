import { expect, test } from 'vitest';
import { allJobs } from '../../canonical/stores/jobs.ts';
import { lastRuns } from '../../canonical/stores/runs.ts';
import { describeStores } from '../support/stores.ts';
import { job, QUIET, rig, SimulatedTime, type Started } from './support.ts';

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
const duesOf = (started: readonly Started[], name: string): string[] => started.filter((one) => one.job === name).map((one) => iso(one.due));
const MINUTE = 60_000;

/** No two executions of one job at one time. */
function overlaps(started: readonly Started[]): Started[] {
  return started.filter((one, index) =>
    started.some((other, at) => at !== index && other.job === one.job && other.at >= one.at && other.at < (one.ended ?? Number.POSITIVE_INFINITY)),
  );
}

describeStores('a week of schedules', (openFresh) => {
  test('over a change of clocks forward and back, shared by two processes: every time once, none twice', async () => {
    for (const [start, end, changed] of [
      ['2025-03-27T12:00Z', '2025-04-03T12:01Z', '2025-03-30T01:00'],
      ['2025-10-23T12:00Z', '2025-10-30T12:01Z', '2025-10-26T00:30'],
    ] as const) {
      const store = await openFresh();
      const time = new SimulatedTime(start);
      const jobs = [
        job('nightly', '30 2 * * *', 'Europe/Berlin'),
        job('hourly', '0 * * * *', 'Europe/Berlin'),
        job('often', '*/20 * * * *', 'Europe/Berlin'),
        job('novosibirsk', '30 2 * * *', 'Asia/Novosibirsk'),
        job('weekly', '15 2 * * sun', 'Europe/Berlin'),
      ];
      const started: Started[] = [];
      const takes = (): number => 3 * MINUTE;
      const a = rig({ store, time, jobs, started, takes });
      const b = rig({ store: await openFresh.again(store), time, jobs, started, takes, owner: { name: 'b', isGone: () => false } });
      await time.drive([a.scheduler, b.scheduler], end);
      const nightly = duesOf(started, 'nightly');
      expect(nightly).toHaveLength(7);
      expect(nightly).toContain(changed);
      // Hours are counted as they pass, not as the clocks name them.
      expect(duesOf(started, 'hourly')).toHaveLength(168);
      expect(duesOf(started, 'often')).toHaveLength(3 * 168);
      expect(duesOf(started, 'novosibirsk')).toHaveLength(7);
      expect(duesOf(started, 'weekly')).toHaveLength(1);
      expect(new Set(started.map((one) => `${one.job} ${one.due}`)).size).toBe(started.length);
      expect(overlaps(started)).toEqual([]);
      expect(started.every((one) => one.at - one.due < 1000)).toBe(true);
    }
  });

  test('a job never overlaps itself: a time that comes while it runs is run once afterwards, or recorded as skipped', async () => {
    const store = await openFresh();
    const time = new SimulatedTime('2025-06-01T00:30Z');
    const jobs = [job('patient', '0 * * * *', 'UTC'), job('strict', '0 * * * *', 'UTC', { catchUp: 'skip' })];
    // The run of one o'clock takes until half past three.
    const takes = ({ due }: { due: number }): number => (iso(due).endsWith('01:00') ? 150 * MINUTE : MINUTE);
    const { scheduler, started } = rig({ store, time, jobs, takes });
    await time.drive([scheduler], '2025-06-01T05:30Z');
    expect(overlaps(started)).toEqual([]);
    expect(started.filter((one) => one.job === 'patient').map((one) => iso(one.at))).toEqual([
      '2025-06-01T01:00',
      '2025-06-01T03:30',
      '2025-06-01T04:00',
      '2025-06-01T05:00',
    ]);
    expect(duesOf(started, 'strict')).toEqual(['2025-06-01T01:00', '2025-06-01T04:00', '2025-06-01T05:00']);
    const skipped = (await lastRuns(store.db, 10)).filter((run) => run.state === 'skipped');
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toMatchObject({ name: 'strict', due_at: Date.parse('2025-06-01T02:00Z') });
    expect(JSON.parse(skipped[0]?.counts ?? '')).toMatchObject({ skipped: 2, last: Date.parse('2025-06-01T03:00Z') });
    expect(skipped[0]?.problems).toMatch(/still running/);
  });

  test('what was missed while nothing served is run once or recorded as skipped, by policy', async () => {
    const store = await openFresh();
    const jobs = [job('once', '0 * * * *', 'UTC'), job('skip', '0 * * * *', 'UTC', { catchUp: 'skip' })];
    const time = new SimulatedTime('2025-06-01T00:30Z');
    const first = rig({ store, time, jobs });
    await time.drive([first.scheduler], '2025-06-01T02:30Z');
    expect(first.started).toHaveLength(4);
    const later = new SimulatedTime('2025-06-03T09:10Z');
    const second = rig({ store, time: later, jobs });
    await later.drive([second.scheduler], '2025-06-03T10:30Z');
    expect(duesOf(second.started, 'once')).toEqual(['2025-06-03T09:00', '2025-06-03T10:00']);
    expect(duesOf(second.started, 'skip')).toEqual(['2025-06-03T10:00']);
    const [skipped] = await lastRuns(store.db, 1);
    expect(skipped).toMatchObject({ state: 'skipped', name: 'skip', due_at: Date.parse('2025-06-01T03:00Z') });
    expect(JSON.parse(skipped?.counts ?? '')).toMatchObject({ skipped: 55 });
    // A job that is new has missed nothing.
    const third = rig({ store, time: new SimulatedTime('2025-06-05T09:10Z'), jobs: [job('new', '0 * * * *', 'UTC')] });
    await third.scheduler.step();
    expect(third.started).toEqual([]);
  });

  test('a clock that is set back by an hour is waited for: nothing is run twice', async () => {
    const store = await openFresh();
    const time = new SimulatedTime('2025-06-01T00:30Z');
    const warned: string[] = [];
    const log = { ...QUIET, warn: (message: string) => void warned.push(message) };
    const { scheduler, started } = rig({ store, time, jobs: [job('often', '*/10 * * * *', 'UTC'), job('hourly', '0 * * * *', 'UTC')], pollMs: MINUTE, log });
    await time.drive([scheduler], '2025-06-01T02:05Z');
    const before = started.length;
    time.off = -60 * MINUTE;
    await time.drive([scheduler], '2025-06-01T03:05Z');
    expect(started).toHaveLength(before);
    expect(warned).toEqual([expect.stringMatching(/clock was set back/)]);
    await time.drive([scheduler], '2025-06-01T04:05Z');
    expect(new Set(started.map((one) => `${one.job} ${one.due}`)).size).toBe(started.length);
    expect(duesOf(started, 'hourly')).toEqual(['2025-06-01T01:00', '2025-06-01T02:00', '2025-06-01T03:00']);
    expect(duesOf(started, 'often').at(-1)).toBe('2025-06-01T03:00');
    // Neither is it by a process that begins with the clock set back.
    const other = rig({ store, time: new SimulatedTime('2025-06-01T02:05Z'), jobs: [job('often', '*/10 * * * *', 'UTC')] });
    await other.scheduler.step();
    expect(other.started).toEqual([]);
  });

  test('in a blackout nothing is started; what was due is run once when it ends', async () => {
    const store = await openFresh();
    const time = new SimulatedTime('2025-03-29T12:00Z');
    const night = [{ from: 22 * 60, to: 6 * 60 + 30, days: [0, 1, 2, 3, 4, 5, 6] }];
    const jobs = [
      job('quiet', '0 * * * *', 'Europe/Berlin', { blackout: night }),
      job('strict', '0 * * * *', 'Europe/Berlin', { blackout: night, catchUp: 'skip' }),
    ];
    const { scheduler, started } = rig({ store, time, jobs });
    await time.drive([scheduler], '2025-03-30T05:30Z');
    const at = (name: string): string[] => started.filter((one) => one.job === name).map((one) => iso(one.at));
    const day = [
      '2025-03-29T13:00',
      '2025-03-29T14:00',
      '2025-03-29T15:00',
      '2025-03-29T16:00',
      '2025-03-29T17:00',
      '2025-03-29T18:00',
      '2025-03-29T19:00',
      '2025-03-29T20:00',
    ];
    // 06:30 in Berlin is 04:30 UTC on the day after the clocks went forward.
    expect(at('quiet')).toEqual([...day, '2025-03-30T04:30', '2025-03-30T05:00']);
    expect(at('strict')).toEqual([...day, '2025-03-30T05:00']);
    const [skipped] = await lastRuns(store.db, 1);
    expect(skipped?.problems).toMatch(/blackout/);
    // 22:00 to 06:00 is nine times of the clock, one of which the change of clocks took.
    expect(JSON.parse(skipped?.counts ?? '')).toMatchObject({ skipped: 8 });
  });

  test('a job waits for those it comes after, and without a schedule is started by the last of them', async () => {
    const store = await openFresh();
    const time = new SimulatedTime('2025-06-01T00:30Z');
    let failing = true;
    const jobs = [
      job('first', '0 * * * *', 'UTC'),
      job('second', '10 * * * *', 'UTC'),
      job('both', null, 'UTC', { after: ['first', 'second'] }),
      job('timed', '5 * * * *', 'UTC', { after: ['second'] }),
    ];
    const ends = ({ job: { name } }: { job: { name: string } }) => (name === 'second' && failing ? ('failed' as const) : ('done' as const));
    const { scheduler, started } = rig({ store, time, jobs, ends, takes: () => 2 * MINUTE, pollMs: MINUTE });
    await time.drive([scheduler], '2025-06-01T02:05Z');
    expect(new Set(started.map((one) => one.job))).toEqual(new Set(['first', 'second']));
    failing = false;
    await time.drive([scheduler], '2025-06-01T03:05Z');
    const at = (name: string): string[] => started.filter((one) => one.job === name).map((one) => iso(one.at));
    expect(at('both')).toEqual(['2025-06-01T02:12']);
    expect(at('timed')).toEqual(['2025-06-01T02:12']);
    await time.drive([scheduler], '2025-06-01T05:05Z');
    expect(at('both')).toEqual(['2025-06-01T02:12', '2025-06-01T03:12', '2025-06-01T04:12']);
  });

  test('a file that comes starts a job once it is whole, once for each change', async () => {
    const store = await openFresh();
    const time = new SimulatedTime('2025-06-01T00:00Z');
    let mark: string | null = null;
    const { scheduler, started } = rig({ store, time, jobs: [job('flagged', null, 'UTC', { file: '/x' })], pollMs: MINUTE, markOf: async () => mark });
    await time.drive([scheduler], '2025-06-01T00:10Z');
    expect(started).toEqual([]);
    // Still being written: it is another at each look.
    for (let size = 1; size <= 5; size += 1) {
      mark = `1 ${size}`;
      await time.drive([scheduler], iso(Date.parse('2025-06-01T00:10Z') + size * MINUTE).concat('Z'));
    }
    expect(started).toEqual([]);
    await time.drive([scheduler], '2025-06-01T00:30Z');
    expect(started).toHaveLength(1);
    mark = '2 5';
    await time.drive([scheduler], '2025-06-01T00:40Z');
    expect(started).toHaveLength(2);
    // Another process has seen it too.
    const other = rig({ store, time, jobs: [job('flagged', null, 'UTC', { file: '/x' })], pollMs: MINUTE, markOf: async () => mark });
    await time.drive([other.scheduler], '2025-06-01T00:50Z');
    expect(other.started).toEqual([]);
  });

  test('another schedule under the same name has missed nothing, and what waited by the old one is forgotten', async () => {
    const store = await openFresh();
    const time = new SimulatedTime('2025-06-01T00:30Z');
    const always = [{ from: 0, to: 0, days: [0, 1, 2, 3, 4, 5, 6] }];
    const { scheduler, started } = rig({ store, time, jobs: [job('one', '0 * * * *', 'UTC', { blackout: always })] });
    await time.drive([scheduler], '2025-06-01T02:30Z');
    expect((await allJobs(store.db))[0]).toMatchObject({ due_at: Date.parse('2025-06-01T01:00Z') });
    scheduler.replace([job('one', '45 * * * *', 'UTC')]);
    await time.drive([scheduler], '2025-06-01T03:30Z');
    expect(started.map((one) => iso(one.at))).toEqual(['2025-06-01T02:45']);
  });
});
