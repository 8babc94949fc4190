/** An address that is read as one line and written in its parts, with a code for the street. */
import * as z from 'zod';
import { CodecMisuse, defineCodec, type EncodingOfMany, type GroupValues, NO_LOSS, Unreadable } from '../codec.ts';
import { scalarText } from './text.ts';

const TARGETS = ['street', 'house', 'building', 'flat'] as const;
const NOTHING: GroupValues = { street: null, house: null, building: null, flat: null };
const NOT_TEXT = new Unreadable('an address as text is expected');

/** `Краеведческая ул,51,корп.2, кв.150`: street, house (which has a digit), building, flat or office. */
const LINE = /^([^,]+),\s*([^,]*\d[^,]*)(?:,\s*корп(?:ус|\.)?\s*([^,]+))?(?:,\s*(?:кв|оф)(?:артира|ис|\.)?\s*([^,]+))?$/u;

/** The parts of a line; an address of any other form has none, and stays one text. */
function partsOf(line: string): GroupValues {
  const [, street, house, building, flat] = LINE.exec(line.trim()) ?? [];
  if (street === undefined || house === undefined || /^(?:корп|кв|оф)/u.test(house.trim())) return NOTHING;
  return { street: street.trim(), house: house.trim(), building: building?.trim() ?? null, flat: flat?.trim() ?? null };
}

const isPart = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.trim() === value;

export const addressParts = defineCodec({
  name: 'address-parts',
  group: 'address',
  domain: 'addresses whose street is in the table',
  doc: 'The parts street, house, building and flat of the group `address`. `from` names five fields: the line that is read (`Научная ул,24, кв.41`), and those that are written: code of the street, house, building, flat. `table`: the streets by their codes, in the `lookups` of the system; without a street of the table nothing is written.',
  params: z.strictObject({ table: z.string().meta({ description: 'Name of the table of streets under `lookups` of the system.' }) }),
  kinds: ['text'],
  sources: 'many',
  writes: (index) => index > 0,
  compile({ table }, { lookups, sourceCount }) {
    if (sourceCount !== 5) return new CodecMisuse('address-parts names five wire fields: line, street, house, building, flat');
    const names = new Map(Object.entries(lookups[table] ?? {}));
    const codes = new Map<string, string>();
    for (const [code, name] of names) if (!codes.has(name)) codes.set(name, code);
    return {
      arity: 'group',
      targets: TARGETS,
      declared: [{ kind: 'no-code', detail: `streets outside the table "${table}"` }],
      decode(wires) {
        const [line, street, house, building, flat] = wires.map((wire) => (wire === undefined || wire === null ? null : scalarText(wire)));
        if (line === undefined || street === undefined || house === undefined || building === undefined || flat === undefined) return NOT_TEXT;
        const written = street !== null || house !== null || building !== null || flat !== null;
        if (!written) return line === null ? NOTHING : partsOf(line);
        return { street: street === null ? null : (names.get(street) ?? null), house, building, flat };
      },
      encode(values): EncodingOfMany {
        const code = typeof values.street === 'string' ? codes.get(values.street) : undefined;
        const nowhere = { wires: TARGETS.map(() => undefined).concat(undefined) };
        if (code === undefined) return { ...nowhere, losses: [{ kind: 'no-code', detail: `no street of the table "${table}"` }] };
        const parts = [values.house, values.building, values.flat].map((part) => part ?? '');
        if (!parts.every((part) => part === '' || isPart(part))) return { ...nowhere, losses: [{ kind: 'form', detail: 'a part with blanks at its ends' }] };
        return { wires: [undefined, code, ...parts.map(String)], losses: NO_LOSS };
      },
      inDomain: ({ street, ...rest }) => typeof street === 'string' && codes.has(street) && Object.values(rest).every((part) => part === null || isPart(part)),
    };
  },
  examples: [
    {
      field: 'address',
      params: { table: 'streets' },
      wire: ['Краеведческая ул,51, кв.150', null, null, null, null],
      value: { street: 'Краеведческая ул', house: '51', building: null, flat: '150' },
      way: 'decode',
    },
    {
      field: 'address',
      params: { table: 'streets' },
      wire: ['Научная ул,22Б стр.3,корп.1', null, null, null, null],
      value: { street: 'Научная ул', house: '22Б стр.3', building: '1', flat: null },
      way: 'decode',
    },
    {
      field: 'address',
      params: { table: 'streets' },
      wire: ['Барнаул, Ленина пр-т, 5', null, null, null, null],
      value: { street: null, house: null, building: null, flat: null },
      way: 'decode',
    },
    { field: 'address', params: { table: 'streets' }, wire: [['x'], null, null, null, null], problem: true },
  ],
});
