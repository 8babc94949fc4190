import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCron } from '../../core/cron.ts';
import { nextOccurrence } from '../../core/occurrence.ts';

const time = (text: string): number => Date.parse(text);
const next = (line: string, zone: string, after: string): string | undefined => {
  const found = nextOccurrence(parseCron(line), zone, time(after));
  return found === null ? undefined : new Date(found).toISOString().slice(0, 16);
};

test.each([
  ['0 0 31 2 *', /31 February never comes/],
  ['0 0 30 feb *', /30 February never comes/],
  ['0 0 31 4,6,9,11 *', /31 April and June and September and November never comes/],
  ['60 * * * *', /"60" is no minute from 0 to 59/],
  ['* 24 * * *', /no hour from 0 to 23/],
  ['* * 0 * *', /no day of the month from 1 to 31/],
  ['* * * 13 *', /no month from 1 to 12/],
  ['* * * * 8', /no day of the week/],
  ['* * * foo *', /"foo" is no month/],
  ['0 22-2 * * *', /ends before it begins/],
  ['*/0 * * * *', /"\*\/0" is no minute/],
  ['0 0 L * *', /"l" is no day of the month/],
  ['0 0 ? * *', /"\?" is no day of the month/],
  ['0 0 30 2 * *', /seconds are not served/],
  ['@reboot', /nicknames are @hourly/],
  ['', /expected five fields/],
  ['1,,2 * * * *', /"" is no minute/],
  ['-1 * * * *', /"-1" is no minute/],
  [`${'9'.repeat(400)} * * * *`, /is no minute from/],
])('%s is refused', (line, why) => {
  expect(() => parseCron(line)).toThrow(why);
});

test.each([
  ['30 2 * * *', 'Europe/Berlin', '2025-03-29T12:00Z', '2025-03-30T01:00'],
  ['30 2 * * *', 'Europe/Berlin', '2025-03-30T01:00Z', '2025-03-31T00:30'],
  ['30 2 * * *', 'Europe/Berlin', '2025-10-26T00:30Z', '2025-10-27T01:30'],
  ['30 * * * *', 'Europe/Berlin', '2025-10-26T00:30Z', '2025-10-26T01:30'],
  ['15 2 * * *', 'Australia/Lord_Howe', '2025-10-04T12:00Z', '2025-10-04T15:30'],
  ['30 0 * * *', 'Africa/Cairo', '2025-04-24T12:00Z', '2025-04-24T22:00'],
  ['0 12 * * *', 'Pacific/Apia', '2011-12-29T22:00Z', '2011-12-30T22:00'],
  ['0 0 29 2 *', 'UTC', '2025-01-01T00:00Z', '2028-02-29T00:00'],
  ['0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', '2104-02-29T00:00'],
  ['0 9 1 * mon', 'UTC', '2025-07-02T00:00Z', '2025-07-07T09:00'],
  ['0 0 31 2 1', 'UTC', '2025-02-02T00:00Z', '2025-02-03T00:00'],
  ['0 9 * * 7', 'Europe/Moscow', '2025-07-02T00:00Z', '2025-07-06T06:00'],
  ['0 9 * * 1-5/2', 'UTC', '2025-07-02T10:00Z', '2025-07-04T09:00'],
  ['@daily', 'Asia/Novosibirsk', '2025-07-02T00:00Z', '2025-07-02T17:00'],
  ['5/20 * * * *', 'UTC', '2025-07-02T00:06Z', '2025-07-02T00:25'],
])('%s in %s after %s', (line, zone, after, expected) => {
  expect(next(line, zone, after)).toBe(expected);
});

test('what comes next does not hang on where one asks from, and never stands still', () => {
  const number = (most: number) => fc.nat(most).map(String);
  const part = (most: number) =>
    fc.oneof(
      fc.constant('*'),
      number(most),
      fc.tuple(fc.integer({ min: 1, max: 30 })).map(([step]) => `*/${step}`),
    );
  const line = fc.tuple(
    part(59),
    part(23),
    fc.oneof(fc.constant('*'), fc.integer({ min: 1, max: 28 }).map(String)),
    part(5).map((m) => (m === '0' ? '1' : m)),
    part(6),
  );
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca', 'Pacific/Apia', 'Antarctica/Troll');
  fc.assert(
    fc.property(line, zones, fc.integer({ min: time('2000-01-01'), max: time('2040-01-01') }), fc.nat(86_400_000), (words, zone, from, more) => {
      const cron = parseCron(words.join(' '));
      const first = nextOccurrence(cron, zone, from);
      if (first === null) throw new Error('a line that may come does not');
      expect(first).toBeGreaterThan(from);
      const between = Math.min(first - 1, from + more);
      expect(nextOccurrence(cron, zone, between)).toBe(first);
    }),
    { numRuns: 400 },
  );
});
