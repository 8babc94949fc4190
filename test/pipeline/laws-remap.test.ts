/** Laws of views under another mapping: what did not change in the vendor keeps its times, and what we pushed stays ours. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shippedMappings } from '../../app/project.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import { compileMapping } from '../../mappings/engine/compile.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { pushesUnder } from '../../pipeline/activation/pushes.ts';
import { viewUnder } from '../../pipeline/activation/view-under.ts';
import type { Push } from '../../pipeline/land/read-back.ts';
import { blankRow, stampCells, stampsOfRow } from '../../pipeline/land/rows.ts';
import { type Stamp, stampOf } from '../../pipeline/land/stamps.ts';

const file = join(shippedMappings(), 'virtualpos/clients.yaml');
const shipped = readFileSync(file, 'utf8');
const compiled = (change: (text: string) => string): Mapping =>
  compileMapping({ file, text: change(shipped) }, { zone: 'Europe/Moscow', lookups: {}, wire: null });
const base = compiled((text) => text);

const EDITS: Readonly<Record<string, Mapping>> = {
  swapped: compiled((text) =>
    text
      .replace('phone: { from: phone,', 'phone: { from: email,')
      .replace('email: { from: email, as: email }', 'email: { from: phone, as: email, otherwise: ignore }')
      .replace('as: phone, form: e164', 'as: phone, form: e164, otherwise: ignore'),
  ),
  renamed: compiled((text) => text.replace('name: { from: [lname, fname, mname]', 'name: { from: [fname, lname, mname]')),
  recoded: compiled((text) => text.replace('M: male, F: female', 'M: female, F: male')),
  dropped: compiled((text) => text.replace(/^ {2}email:.*\n/m, '').replace(/^ {2}notes:.*\n/m, '')),
  attributed: compiled((text) =>
    text.replace(/^ {2}email:.*$/m, '  attributes.virtualpos.email: email').replace(/^ {2}notes:.*$/m, '  attributes.virtualpos.notes: custom_information'),
  ),
};

const DAY = 86_400_000;
const stamp: fc.Arbitrary<Stamp> = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 5 }), fc.constantFrom('vendor', 'readings') as fc.Arbitrary<'vendor' | 'readings'>)
  .map(([day, width, how]) => ({ after: (day - width) * DAY, notAfter: day * DAY, how }));
const PATHS = ['lname', 'fname', 'mname', 'gender', 'phone', 'email', 'custom_information', 'birth_day', 'send_sms'];
const body: fc.Arbitrary<WireBody> = fc.record({
  id: fc.constant('1'),
  lname: fc.constantFrom('Петров', 'Сидорова', ''),
  fname: fc.constantFrom('Пётр', 'Анна'),
  mname: fc.constantFrom('Иванович', ''),
  gender: fc.constantFrom('M', 'F'),
  phone: fc.constantFrom('+79131234567', ''),
  email: fc.constantFrom('a@mail.ru', 'b@ya.ru', ''),
  custom_information: fc.constantFrom('', 'звонить вечером'),
  birth_day: fc.constant('5'),
  birth_month: fc.constant('6'),
  birth_year: fc.constantFrom('1980', ''),
  send_sms: fc.constantFrom('0', '1'),
});
const paths = fc.dictionary(fc.constantFrom(...PATHS), stamp);

function rowOf(wire: WireBody, stamps: Readonly<Record<string, Stamp>>): RecordRow {
  const first = { id: 1, system_id: 1, stream: 'clients', record_key: '1', first_run: 1, state: 'live', stamp_after: null, stamp_how: 'first-seen' } as const;
  const row = blankRow({ ...first, view: JSON.stringify(base.decode(wire).values) }, null, 600 * DAY);
  const seen: Stamp = { after: null, notAfter: 600 * DAY, how: 'first-seen' };
  return { ...row, body: JSON.stringify(wire), changed_at: base.changedAt(wire), ...stampCells({ base: seen, paths: new Map(Object.entries(stamps)) }) };
}

const under = (from: Mapping, mapping: Mapping, row: RecordRow): RecordRow => {
  const wire = JSON.parse(row.body ?? '{}') as WireBody;
  return { ...row, ...viewUnder(from, mapping, row, wire, mapping.decode(wire))?.cells };
};

it.each(Object.keys(EDITS))('a field that is read from the same wire fields has their times, and back again all is as it was: %s', (name) => {
  const edited = EDITS[name] as Mapping;
  fc.assert(
    fc.property(body, paths, (wire, stamps) => {
      const before = rowOf(wire, stamps);
      const after = under(base, edited, before);
      for (const line of edited.lines) {
        const was = base.lines.find(({ sources }) => sources.join() === line.sources.join());
        if (was === undefined) continue;
        expect(stampOf(stampsOfRow(after), line.field, line.sources)).toEqual(stampOf(stampsOfRow(before), was.field, was.sources));
      }
      const back = under(edited, base, after);
      expect({ ...back, view: JSON.parse(back.view ?? '') }).toEqual({ ...before, view: JSON.parse(before.view ?? '') });
    }),
    { numRuns: 2000 },
  );
});

it('what we pushed goes along with the wire field in which it stands, and back', () => {
  const swapped = EDITS['renamed'] as Mapping;
  const wire: WireBody = { id: '1', lname: 'Петров', fname: 'Пётр', mname: 'Иванович' };
  const push = (field: string, sent: string, said: string): Push => ({
    field,
    sent,
    holds: sent,
    before: said,
    said,
    stamp: { after: null, notAfter: 5, how: 'first-seen' },
    state: 'held',
    sends: 1,
    sentAt: 10,
    answeredAt: 11,
    operationId: 7,
  });
  const pushes = new Map([['name.last', push('name.last', 'Петров', 'Петрофф')]]);
  const moved = pushesUnder(base, swapped, wire, pushes) ?? [];
  expect(moved).toMatchObject([{ field: 'name.first', sent: 'Петров', holds: 'Петров', said: 'Петрофф', operationId: 7 }]);
  const back = pushesUnder(swapped, base, wire, new Map(moved.map((one) => [one.field, one]))) ?? [];
  expect(back).toEqual([...pushes.values()]);
  expect(pushesUnder(base, base, wire, pushes)).toBeNull();
});
