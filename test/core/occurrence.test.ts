/** Every change of every zone's clocks from 2000 to 2040, against a reading of the clock minute by minute by Node's own `Date`. */
import { afterAll, expect, test } from 'vitest';
import { parseCron } from '../../core/cron.ts';
import { nextOccurrence } from '../../core/occurrence.ts';
import { nextZoneChange, type ZoneChange, zoneOffset } from '../../core/zone.ts';

const FROM = Date.UTC(2000, 0, 1);
const UNTIL = Date.UTC(2041, 0, 1);
const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const STEP = 4 * HOUR;

const ZONES = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+12', 'Etc/GMT-14', 'Asia/Katmandu', 'US/Pacific'])];
const own = process.env['TZ'];

/** `Date` in a zone: another way to the same rules than the `Intl.DateTimeFormat` of core/zone.ts, and a fast one. */
function inZone(zone: string): (utc: number) => number {
  process.env['TZ'] = zone;
  // One for all: it is asked tens of millions of times.
  const date = new Date(0);
  return (utc) => {
    date.setTime(utc);
    return date.getTimezoneOffset() * -MINUTE;
  };
}

/** A third way, slow and sure: `Date` of V8 13 may pass over a summer time of a week, by what it was asked before (America/Noronha, 2000). */
function byName(zone: string): (utc: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (utc) => {
    const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(format.format(utc)) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000);
  };
}

afterAll(() => {
  if (own === undefined) delete process.env['TZ'];
  else process.env['TZ'] = own;
});

interface Found extends ZoneChange {
  readonly zone: string;
}

/** Asks every four hours of 41 years: nothing that lasts longer can hide. */
function changesBy(zone: string, offset: (utc: number) => number): Found[] {
  const found: Found[] = [];
  let before = offset(FROM);
  for (let asked = FROM + STEP; asked < UNTIL; asked += STEP) {
    const after = offset(asked);
    if (after === before) continue;
    let [low, high] = [asked - STEP, asked];
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    found.push({ zone, at: high, before, after });
    before = after;
  }
  return found;
}

const all: Found[] = [];

test('core/zone.ts knows every change of every zone, to the second', { timeout: 240_000 }, () => {
  const wrong: string[] = [];
  for (const zone of ZONES) {
    const known: ZoneChange[] = [];
    for (let change = nextZoneChange(zone, FROM, UNTIL); change !== null; change = nextZoneChange(zone, change.at, UNTIL)) known.push(change);
    const told = (changes: readonly ZoneChange[]): string => changes.map(({ at, before, after }) => `${at}:${before}>${after}`).join();
    let found = changesBy(zone, inZone(zone));
    if (told(known) !== told(found)) found = changesBy(zone, byName(zone));
    if (told(known) !== told(found)) wrong.push(zone);
    all.push(...found);
    for (const { at, before, after } of found) {
      if (zoneOffset(zone, at - 1) !== before || zoneOffset(zone, at) !== after) wrong.push(`${zone} ${new Date(at).toISOString()}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(all.length).toBeGreaterThan(10_000);
});

/** Lines of both kinds; the days before and after a change, at hours at which clocks are changed and at others. */
const LINES = [
  '30 2 * * *',
  '0 0 * * *',
  '*/15 2 * * *',
  '15,45 0-3 * * *',
  '0 */2 * * *',
  '0 * * * *',
  '*/10 * * * *',
  '59 23 * * *',
  '1 0 * * *',
  '30 1-3 * * 0',
  '20 12 * * *',
].map(parseCron);

interface Wall {
  readonly wall: number;
  readonly minute: number;
  readonly hour: number;
  readonly weekday: number;
}

interface Minute {
  readonly utc: number;
  readonly wall: Wall;
}

function wallOf(wall: number): Wall {
  const date = new Date(wall);
  return { wall, minute: date.getUTCMinutes(), hour: date.getUTCHours(), weekday: date.getUTCDay() };
}

/** By the meaning of a line alone: walks the minutes and asks of each what the clock says. */
function expected(line: (typeof LINES)[number], minutes: readonly Minute[], days: ReadonlySet<number>): number[] {
  const names = ({ minute, hour, weekday }: Wall): boolean =>
    line.minutes.includes(minute) && line.hours.includes(hour) && (line.weekdays === null || line.weekdays.includes(weekday));
  if (line.everyHour) return minutes.filter(({ wall }) => names(wall)).map(({ utc }) => utc);
  const times = new Set<number>();
  let furthest = Number.POSITIVE_INFINITY;
  for (const { utc, wall } of minutes) {
    // Times that the clock jumped over come at the jump, on days that are there at all; times said before do not come again.
    for (let skipped = furthest + MINUTE; skipped < wall.wall; skipped += MINUTE) {
      if (days.has(Math.floor(skipped / DAY)) && names(wallOf(skipped))) times.add(utc);
    }
    const first = furthest === Number.POSITIVE_INFINITY;
    if ((first || wall.wall > furthest) && names(wall)) times.add(utc);
    furthest = first ? wall.wall : Math.max(furthest, wall.wall);
  }
  return [...times];
}

/** Lines that come at other times than they should around a change, by a clock; each said. */
function wrongAround({ zone, at }: Found, offset: (utc: number) => number): string[] {
  const wrong: string[] = [];
  const begin = Math.floor((at - 30 * HOUR) / HOUR) * HOUR;
  const end = begin + 57 * HOUR;
  const minutes: Minute[] = [];
  // The day before tells what the clock has said already.
  for (let utc = begin - DAY; utc <= end; utc += MINUTE) minutes.push({ utc, wall: wallOf(utc + offset(utc)) });
  const days = new Set(minutes.map(({ wall }) => Math.floor(wall.wall / DAY)));
  for (const line of LINES) {
    const due = expected(line, minutes, days).filter((utc) => utc > begin);
    const got: number[] = [];
    for (let next = nextOccurrence(line, zone, begin); next !== null && next <= end; next = nextOccurrence(line, zone, next)) got.push(next);
    // From just before and just after the change too: a scheduler may wake then.
    for (const from of [at - 1, at, at + 1]) {
      const [first] = due.filter((utc) => utc > from);
      if (first !== undefined && nextOccurrence(line, zone, from) !== first) wrong.push(`${zone} ${line.text} from ${new Date(from).toISOString()}`);
    }
    if (got.join() !== due.join()) wrong.push(`${zone} ${line.text} around ${new Date(at).toISOString()}`);
  }
  return wrong;
}

test('every line comes when it should around every change', { timeout: 240_000 }, () => {
  // What comes next hangs on the clock around the change alone: zones that share one in all are one case.
  const cases = new Map<string, Found>();
  for (const one of all) cases.set(`${one.at} ${one.before} ${one.after}`, one);
  const wrong: string[] = [];
  let tried = 0;
  let zone = '';
  let offset = inZone('UTC');
  for (const one of [...cases.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1))) {
    if (one.zone !== zone) {
      zone = one.zone;
      offset = inZone(zone);
    }
    tried += LINES.length;
    if (wrongAround(one, offset).length > 0) wrong.push(...wrongAround(one, byName(zone)));
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(tried).toBeGreaterThan(10_000);
});
