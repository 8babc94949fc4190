import { expect, test } from 'vitest';
import { dayOf, quietUntil } from '../../../app/calls/quiet.ts';

const at = (text: string): number => Date.parse(text);
const shown = (utc: number | null): string | null => (utc === null ? null : new Date(utc).toISOString());
const NIGHT = [{ from: 22 * 60, to: 6 * 60 }];

test('hours over midnight are quiet on both sides of it, and open at their end', () => {
  expect(shown(quietUntil(NIGHT, 'Europe/Moscow', at('2026-11-22T18:59:59.999Z')))).toBeNull();
  expect(shown(quietUntil(NIGHT, 'Europe/Moscow', at('2026-11-22T19:00:00Z')))).toBe('2026-11-23T03:00:00.000Z');
  expect(shown(quietUntil(NIGHT, 'Europe/Moscow', at('2026-11-23T02:59:59.999Z')))).toBe('2026-11-23T03:00:00.000Z');
  expect(shown(quietUntil(NIGHT, 'Europe/Moscow', at('2026-11-23T03:00:00Z')))).toBeNull();
});

test('a day is that on which they begin, and hours that touch are one', () => {
  const friday = [{ ...(NIGHT[0] as (typeof NIGHT)[0]), days: ['fri' as const] }];
  expect(quietUntil(friday, 'UTC', at('2026-11-21T05:00:00Z'))).toBe(at('2026-11-21T06:00:00Z'));
  expect(quietUntil(friday, 'UTC', at('2026-11-22T05:00:00Z'))).toBeNull();
  const weekend = [
    { from: 0, to: 0, days: ['sat' as const] },
    { from: 0, to: 0, days: ['sun' as const] },
  ];
  expect(shown(quietUntil(weekend, 'UTC', at('2026-11-21T12:00:00Z')))).toBe('2026-11-23T00:00:00.000Z');
});

test('where the clock is put back they begin at the first and end at the last of two equal times; where it is put forward, at the jump', () => {
  const hour = [{ from: 2 * 60 + 30, to: 2 * 60 + 45 }];
  // Berlin, 25 October 2026: 02:00-03:00 comes twice, first at +2.
  expect(shown(quietUntil(hour, 'Europe/Berlin', at('2026-10-25T00:30:00Z')))).toBe('2026-10-25T01:45:00.000Z');
  expect(shown(quietUntil(hour, 'Europe/Berlin', at('2026-10-25T01:40:00Z')))).toBe('2026-10-25T01:45:00.000Z');
  // 29 March 2026: 02:00-03:00 does not come; 01:59 is followed by 03:00 (01:00 UTC).
  expect(quietUntil(NIGHT, 'Europe/Berlin', at('2026-03-29T03:59:00Z'))).toBe(at('2026-03-29T04:00:00Z'));
});

test.each(['Europe/Moscow', 'Europe/Berlin', 'America/Santiago', 'Asia/Beirut', 'Pacific/Apia', 'Australia/Lord_Howe'])(
  'the days of %s follow on each other without a gap, whatever is done to the clock',
  (zone) => {
    let now = at('2010-01-01T00:00:00Z');
    let before = dayOf(zone, now);
    for (let step = 0; step < 366 * 6; step += 1) {
      now = before.end;
      const next = dayOf(zone, now);
      expect(next.begin, `${zone} ${before.name}`).toBe(before.end);
      expect(next.name > before.name).toBe(true);
      before = next;
    }
  },
);
