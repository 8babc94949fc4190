/** Laws of stamps and of what a reading leaves out, over mappings whose fields share wire paths. Pure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Landed, landKnown, landNew } from '../../pipeline/land/land-record.ts';
import type { Push } from '../../pipeline/land/read-back.ts';
import type { LandInput } from '../../pipeline/land/reading.ts';
import { stampCells, stampsOfRow } from '../../pipeline/land/rows.ts';
import { type Stamp, type Stamps, spreadStamps, stampOf } from '../../pipeline/land/stamps.ts';
import { mappingOf } from '../mappings-engine/support.ts';

const contacts = (type: string): string => `contacts[type=${type}].value`;
const MAPPING = mappingOf({
  name: { from: ['last', 'first', 'middle'], as: 'name-parts' },
  phone: { from: contacts('mobile'), as: 'list-item', main: 'general', item: { as: 'phone', form: 7 } },
  email: { from: contacts('email'), as: 'list-item', main: 'general', item: 'email' },
  'consents.call': { from: 'mask', as: 'bits', member: 'call', bit: 1, value: 'consent' },
  'consents.sms': { from: 'mask', as: 'bits', member: 'sms', bit: 8, value: 'consent' },
  notes: 'notes',
});
const FIELDS = [...new Set(MAPPING.lines.map((line) => line.field))];
const SOURCES = new Map(MAPPING.lines.map((line) => [line.field, line.sources]));

function input(body: WireBody, at: number, covers?: readonly string[], mapping: Mapping = MAPPING): LandInput {
  const record = { key: '1', body, ...(covers === undefined ? {} : { covers }) };
  const read = { began: at, ended: at + 1, standing: null, clockErrorMs: 0 };
  return { systemId: 1, stream: 'clients', record, text: JSON.stringify(body), mapping, ...read, runId: 1, firstFacet: false, wroteWhole: false };
}

const first = (body: WireBody): RecordRow => landNew(input(body, 10), 1).row;
const valuesOf = (row: RecordRow): FieldValues => JSON.parse(row.view ?? '{}') as FieldValues;
const stamp = (row: RecordRow, field: string): Stamp => stampOf(stampsOfRow(row), field, SOURCES.get(field) ?? []);

const contact = fc
  .record({ type: fc.constantFrom('mobile', 'email', 'other'), n: fc.nat(2), general: fc.constantFrom('', '1') })
  .map(({ type, n, general }) => ({
    type,
    value: type === 'mobile' ? `7913000000${n}` : type === 'email' ? `a${n}@x.ru` : `?${n}`,
    general,
  }));
const body: fc.Arbitrary<WireBody> = fc
  .record(
    {
      last: fc.constantFrom('', 'Петров', 'Сидоров'),
      first: fc.constantFrom('', 'Пётр', 'Иван'),
      contacts: fc.array(contact, { maxLength: 3 }),
      mask: fc.constantFrom<null | number>(null, 0, 1, 8, 9),
      notes: fc.constantFrom('', 'а', 'б'),
    },
    { requiredKeys: [] },
  )
  .map((fields) => fields as WireBody);

describe('stamps of fields that share wire paths', () => {
  it('a stamp moves if and only if the value of its field differs', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 2, maxLength: 5 }), ([start = {}, ...readings]) => {
        let row = first(start);
        for (const [index, next] of readings.entries()) {
          const was = row;
          row = landKnown(input(next, 100 * (index + 1)), was, undefined).row;
          for (const field of FIELDS) {
            const [before, now] = [valuesOf(was)[field], valuesOf(row)[field]];
            if (sameValue(before, now)) expect(stamp(row, field), field).toEqual(stamp(was, field));
            else if (isEmpty(before) && now === 'withheld') expect(stamp(row, field).how, field).toBe('first-seen');
            else expect(stamp(row, field), field).toMatchObject({ notAfter: 100 * (index + 1) + 1, how: 'readings' });
          }
        }
      }),
      { seed: 1 },
    );
  });

  it('what is known once and left out of a whole record is empty; what another call speaks of is not', () => {
    fc.assert(
      fc.property(body, body, fc.subarray(['last', 'first', 'middle', 'contacts', 'mask', 'notes']), (start, next, covers) => {
        const covered = Object.fromEntries(Object.entries(next).filter(([path]) => covers.includes(path)));
        const whole = valuesOf(landKnown(input(next, 100), first(start), undefined).row);
        const part = valuesOf(landKnown(input(covered, 100, covers), first(start), undefined).row);
        const [before, now] = [MAPPING.decode(start).values, MAPPING.decode(next).values];
        for (const field of FIELDS) {
          const sources = SOURCES.get(field) ?? [];
          expect(whole[field], field).toEqual(now[field] ?? (field in before || field in now ? null : undefined));
          if (!sources.some((source) => covers.includes(source))) expect(part[field], field).toEqual(before[field]);
          else if (sources.every((source) => covers.includes(source))) expect(part[field] ?? null, field).toEqual(now[field] ?? null);
        }
      }),
      { seed: 1 },
    );
  });

  it('a path that our own pushes explain keeps its stamp; a field that somebody edited beside ours does not', () => {
    const row = first({ mask: 0, last: 'Петров', first: 'Пётр' });
    const ours = new Map([['consents.call', pushed('consents.call', 'granted', 'withheld')]]);
    const held = landKnown(input({ mask: 1, last: 'Петров', first: 'Пётр' }, 100), row, ours);
    expect([held.row.stamps, held.pushes?.map(({ state }) => state)]).toEqual([null, ['held']]);
    const edited = landKnown(input({ mask: 9, last: 'Сидоров', first: 'Пётр' }, 100), row, ours).row;
    expect(['consents.call', 'consents.sms', 'name.last', 'name.first'].map((field) => stamp(edited, field).how)).toEqual([
      'first-seen',
      'readings',
      'readings',
      'first-seen',
    ]);
  });

  it('survive the store, and go on with their fields under another mapping', () => {
    const at = (notAfter: number): Stamp => ({ after: 1, notAfter, how: 'readings' });
    const stamps: Stamps = {
      base: { after: null, notAfter: 5, how: 'first-seen' },
      paths: new Map<string, Stamp | ReadonlyMap<string, Stamp>>([
        ['mask', new Map([['consents.sms', at(7)]])],
        ['notes', at(8)],
        ['alone', at(9)],
      ]),
    };
    expect(stampsOfRow({ ...first({}), ...stampCells(stamps) })).toEqual(stamps);
    // `notes` is read by one more field now: of what it reads there nobody saw a change.
    const readers = (path: string): string[] => (path === 'notes' ? ['notes', 'consents.call'] : path === 'mask' ? ['consents.sms'] : []);
    const spread = spreadStamps(stamps, readers, (field) => field === 'notes' || field === 'consents.sms');
    expect([stampOf(spread, 'notes', ['notes']), stampOf(spread, 'consents.call', ['notes']), stampOf(spread, 'consents.sms', ['mask'])]).toEqual([
      at(8),
      stamps.base,
      at(7),
    ]);
    expect(stampOf(spread, 'any', ['alone', 'mask'])).toEqual(at(9));
  });

  it('a view made with another mapping shows no edits of its own', () => {
    const row = first({ notes: 'а', mask: 0 });
    const other = mappingOf({
      notes: { from: 'notes', as: 'text' },
      email: { from: 'mail', as: 'email' },
      'consents.call': { from: 'mask', as: 'bits', member: 'call', bit: 2, value: 'consent' },
    });
    const after = landKnown(input({ notes: 'а', mask: 4 }, 100, undefined, other), row, undefined).row;
    expect(after.stamps).toBeNull();
  });
});

function pushed(field: string, sent: string, before: string | null, sends = 1): Push {
  const times = { sentAt: 20, answeredAt: 20, operationId: 1 };
  return { field, sent, holds: sent, before, said: before, stamp: null, state: 'sent', sends, ...times };
}

describe('a push that a reading leaves out', () => {
  const notes = (sends: number) => new Map([['notes', pushed('notes', 'новое', null, sends)]]);
  const states = (landed: Landed): unknown => landed.pushes?.map(({ state, holds }) => [state, holds]);

  it('was not taken, where the reading covers its path: sent once more, then ignored', () => {
    const row = first({ last: 'Петров' });
    expect(states(landKnown(input({ last: 'Петров' }, 100), row, notes(1)))).toEqual([['again', null]]);
    const twice = landKnown(input({ last: 'Петров' }, 100, ['notes', 'last']), row, notes(2));
    expect([states(twice), twice.ignored]).toEqual([[['ignored', null]], ['notes']]);
  });

  it('stands, where the reading does not cover its path', () => {
    expect(states(landKnown(input({ last: 'Петров' }, 100, ['last']), first({ last: 'Петров' }), notes(1)))).toEqual([['sent', 'новое']]);
  });

  it('was cleared there, where it has been read before', () => {
    const row = first({ last: 'Петров', notes: 'новое' });
    const held = new Map([['notes', { ...pushed('notes', 'новое', null), state: 'held' as const }]]);
    const cleared = landKnown(input({ last: 'Петров' }, 100), row, held);
    expect([cleared.pushes, valuesOf(cleared.row)['notes'], stamp(cleared.row, 'notes').how]).toEqual([[], null, 'readings']);
  });

  it('is held, where it was our own clearing', () => {
    const row = first({ last: 'Петров', notes: 'старое' });
    const clearing = new Map([['notes', { ...pushed('notes', '', 'старое'), sent: null, holds: null }]]);
    const read = landKnown(input({ last: 'Петров' }, 100), row, clearing);
    expect([states(read), read.row.stamps]).toEqual([[['held', null]], null]);
  });
});
