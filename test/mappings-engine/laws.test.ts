/** The laws of every codec, over generated values. The share of values inside the domain is printed: a law over nothing proves nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../core/contract.ts';
import { type Codec, type Compiled, Unreadable } from '../../mappings/engine/codec.ts';
import { sameValue } from '../../mappings/engine/equal.ts';
import { CODECS, codecOf } from '../../mappings/engine/index.ts';
import { isEmptyWire } from '../../mappings/engine/path.ts';
import { CASES, holdForAll, LAW_SEED } from '../support/laws.ts';
import { anyAddress, anyDate, anyEmail, anyName, anyPhone, anyText, anyWire, listOf, STREETS } from './arbitraries.ts';
import { compiled, type Setup } from './support.ts';

interface Subject extends Setup {
  readonly codec: string;
  readonly values: fc.Arbitrary<unknown>;
  /** At least this share of the values must be inside the domain. */
  readonly share: number;
}

const consents = fc.constantFrom('granted', 'withheld', 'refused', 'other');
const minors = fc.oneof(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.maxSafeInteger());
const moments = fc.oneof(
  fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }).map((second) => second * 1000),
  fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 }),
);

const SUBJECTS: readonly Subject[] = [
  { codec: 'text', values: anyText, share: 0.4 },
  { codec: 'text', params: { max: 5 }, values: anyText, share: 0.1 },
  { codec: 'email', values: anyEmail, share: 0.4 },
  { codec: 'ref', values: anyText, share: 0.4 },
  { codec: 'ref', params: { wireAs: 'number' }, values: fc.oneof(fc.nat().map(String), anyText), share: 0.3 },
  { codec: 'raw', field: 'attributes.test.x', values: fc.jsonValue().map((value) => value ?? ''), share: 0.3 },
  ...['e164', '7', '8', 'plus7', 'national'].map((form): Subject => ({ codec: 'phone', field: 'phone', params: { form }, values: anyPhone, share: 0.4 })),
  {
    codec: 'phone',
    field: 'phone',
    params: { form: '7', russian: true, wireAs: 'number' },
    values: anyPhone,
    share: 0.3,
  },
  { codec: 'date', values: anyDate, share: 0.3 },
  { codec: 'date', params: { pattern: ['dd.MM.yyyy', 'yyyy-MM-dd'], minYear: 1901 }, values: anyDate, share: 0.2 },
  { codec: 'date', params: { pattern: 'd.M.yyyy' }, values: anyDate, share: 0.3 },
  { codec: 'date-parts', sources: 3, values: anyDate, share: 0.5 },
  { codec: 'date-parts', sources: 3, params: { wireAs: 'number' }, values: anyDate, share: 0.5 },
  { codec: 'datetime', zone: 'Asia/Novosibirsk', values: moments, share: 0.4 },
  { codec: 'datetime', zone: 'Europe/Moscow', params: { pattern: 'dd.MM.yyyy H:mm:ss' }, values: moments, share: 0.4 },
  { codec: 'datetime', zone: 'America/New_York', values: moments, share: 0.4 },
  { codec: 'datetime', params: { pattern: 'unix' }, values: moments, share: 0.4 },
  { codec: 'datetime', params: { pattern: 'iso' }, values: moments, share: 0.9 },
  {
    codec: 'code',
    field: 'sex',
    params: { codes: { 0: 'male', 1: 'female' }, wireAs: 'number' },
    values: fc.constantFrom('male', 'female', 'other'),
    share: 0.5,
  },
  {
    codec: 'code',
    field: 'sex',
    params: { codes: { M: 'male', m: 'male' } },
    values: fc.constantFrom('male', 'female'),
    share: 0.3,
  },
  {
    codec: 'lookup',
    params: { table: 't' },
    lookups: { t: { 7: 'main', 8: 'gift' } },
    values: fc.oneof(fc.constantFrom('main', 'gift'), anyText),
    share: 0.3,
  },
  {
    codec: 'lookup',
    params: { table: 't', otherwise: 'keep' },
    lookups: { t: { 7: 'main' } },
    values: fc.oneof(fc.constantFrom('main', '7'), anyText),
    share: 0.3,
  },
  ...[1, '1', true, 'true'].map((wireAs): Subject => ({ codec: 'flag', params: { wireAs }, values: fc.boolean(), share: 1 })),
  { codec: 'consent', field: 'consents.sms', values: consents, share: 0.3 },
  { codec: 'consent', field: 'consents.sms', params: { zeroIsRefusal: true }, values: consents, share: 0.3 },
  { codec: 'bits', field: 'consents.sms', params: { member: 'sms', bit: 8 }, values: consents, share: 0.3 },
  {
    codec: 'bits',
    field: 'consents.sms',
    params: { member: 'sms', bit: 8, form: 'integer', wireAs: true },
    values: consents,
    share: 0.3,
  },
  { codec: 'integer', values: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double()), share: 0.4 },
  {
    codec: 'integer',
    params: { wireAs: 'number', min: 0, max: 20 },
    values: fc.integer({ min: -5, max: 30 }),
    share: 0.3,
  },
  { codec: 'decimal', values: minors, share: 0.4 },
  { codec: 'decimal', params: { wireAs: 'number' }, values: minors, share: 0.4 },
  {
    codec: 'decimal',
    params: { scale: 0 },
    values: minors.map((value) => (value % 3 === 0 ? Math.trunc(value / 100) * 100 : value)),
    share: 0.15,
  },
  {
    codec: 'decimal',
    params: { scale: 1, unit: 'major' },
    values: minors.map((value) => (value % 3 === 0 ? Math.trunc(value / 10) * 10 : value)),
    share: 0.2,
  },
  { codec: 'minor', params: { wireAs: 'number' }, values: minors, share: 0.4 },
  { codec: 'full-name', field: 'name', values: anyName, share: 0.3 },
  { codec: 'full-name', field: 'name', params: { order: 'first-middle-last', max: 40 }, values: anyName, share: 0.3 },
  { codec: 'name-parts', field: 'name', sources: 3, values: anyName, share: 0.3 },
  { codec: 'name-parts', field: 'name', sources: 3, params: { write: 'whole' }, values: anyName, share: 0.2 },
  {
    codec: 'list-item',
    path: 'contacts[type=mobile]',
    field: 'phone',
    params: { main: 'general', item: { as: 'phone', form: 7 } },
    values: anyPhone,
    share: 0.4,
  },
  {
    codec: 'list-rest',
    path: 'contacts[type=email]',
    field: 'emails',
    params: { all: true, max: 3, item: 'email' },
    values: listOf(anyEmail),
    share: 0.1,
  },
  { codec: 'texts', field: 'otherContacts', values: listOf(anyText), share: 0.1 },
  { codec: 'texts', field: 'otherContacts', params: { separator: ', ' }, values: listOf(anyText), share: 0.1 },
  { codec: 'texts', field: 'phones', params: { member: 'value', item: 'phone' }, values: listOf(anyPhone), share: 0.1 },
  { codec: 'free-phones', field: 'phone', values: anyPhone, share: 0.3 },
  { codec: 'phone-notes', field: 'phoneNotes', values: listOf(fc.tuple(anyPhone, anyText).map((pair) => pair.join(' '))), share: 0 },
  { codec: 'address-parts', field: 'address', sources: 5, params: { table: 'streets' }, lookups: STREETS, values: anyAddress, share: 0.2 },
  { codec: 'phone', field: 'phone', params: { extension: 'aside', form: 'national' }, values: anyPhone, share: 0.4 },
  { codec: 'date', params: { pattern: ['MM/dd/yyyy', 'yyyy', 'MM/dd', 'MM.yyyy'] }, values: anyDate, share: 0.5 },
  { codec: 'date', params: { pattern: 'yyyyMMdd', zeros: true }, values: anyDate, share: 0.5 },
  { codec: 'date', params: { pattern: 'dd.MM.yyyy', noYear: 1904 }, values: anyDate, share: 0.3 },
  { codec: 'date', params: { pattern: 'dd.MM.yy', century: 1930 }, values: anyDate, share: 0.05 },
  { codec: 'date', params: { pattern: 'yyyy' }, values: anyDate, share: 0.02 },
  { codec: 'date', params: { pattern: 'iso', zone: 'America/New_York' }, values: anyDate, share: 0.3 },
  { codec: 'date', params: { pattern: 'unix', zone: 'Asia/Vladivostok' }, values: anyDate, share: 0.2 },
  { codec: 'datetime', params: { pattern: 'unix-ms' }, values: moments, share: 0.9 },
  { codec: 'datetime', params: { pattern: 'MM/dd/yyyy hh:mm:ss a', zone: 'America/New_York' }, values: moments, share: 0.4 },
  { codec: 'datetime', params: { pattern: "yyyy-MM-dd'T'HH:mm:ss.SSS", zone: 'Europe/Moscow' }, values: moments, share: 0.4 },
  {
    codec: 'datetime',
    params: { pattern: 'dd.MM.yy HH:mm', century: 1970 },
    values: fc.integer({ min: 0, max: 50_000_000 }).map((minute) => minute * 60_000),
    share: 0.9,
  },
  { codec: 'code', field: 'consents.sms', params: { codes: { Y: 'granted', N: 'refused' }, others: 'N' }, values: consents, share: 0.3 },
  {
    codec: 'code',
    field: 'sex',
    params: { codes: { 1: 'male', 9: null }, others: 9, wireAs: 'number' },
    values: fc.constantFrom('male', 'female'),
    share: 0.3,
  },
  { codec: 'flag', params: { yes: 'есть', no: ['-', 'отсутствует'] }, values: fc.boolean(), share: 1 },
  { codec: 'consent', field: 'consents.sms', params: { yes: 'да', no: 'нет', zeroIsRefusal: true }, values: consents, share: 0.3 },
  { codec: 'has', field: 'consents.sms', params: { word: 'sms' }, values: consents, share: 0.2 },
  { codec: 'has', field: 'consents.sms', params: { word: 'sms', separator: ';' }, values: consents, share: 0.2 },
  { codec: 'decimal', params: { point: ',', suffix: ' руб.' }, values: minors, share: 0.4 },
  { codec: 'full-name', field: 'name', params: { read: 'order' }, values: anyName, share: 0.1 },
  { codec: 'full-name', field: 'name', params: { read: 'order', order: 'first-last' }, values: anyName, share: 0.1 },
  { codec: 'list-item', path: 'phones[first]', field: 'phone', values: anyPhone, share: 0.4 },
  { codec: 'list-item', path: 'a[k=v].x.y', params: { emptied: 'blank' }, values: anyText, share: 0.3 },
  { codec: 'list-rest', path: 'phones[all]', field: 'phones', values: listOf(anyPhone), share: 0.1 },
  { codec: 'collect', field: 'phones', sources: 3, params: { item: { as: 'phone', form: 8 } }, values: listOf(anyPhone), share: 0.1 },
  { codec: 'collect', field: 'otherContacts', sources: 2, values: listOf(anyText), share: 0.1 },
  { codec: 'join', sources: 3, params: { separator: ', ' }, values: anyText, share: 0.3 },
  { codec: 'join', sources: 2, field: 'birthDate', params: { separator: '.', item: { as: 'date', pattern: 'dd.MM.yyyy' } }, values: anyDate, share: 0.3 },
  { codec: 'first-of', field: 'phone', sources: 2, params: { item: 'phone' }, values: anyPhone, share: 0.4 },
  { codec: 'constant', params: { value: 7 }, values: anyText, share: 0 },
];

function registered(name: string): Codec {
  const codec = codecOf(name);
  if (codec === undefined) throw new Error(`no codec ${name}`);
  return codec;
}

type Wires = readonly (Json | undefined)[];

/** A codec as a function between a value and the list of its wire values. */
function flat(codec: Compiled) {
  const decode = (wires: Wires): unknown => {
    if (wires.every((wire) => wire === undefined || isEmptyWire(wire)))
      return codec.arity === 'group' ? Object.fromEntries(codec.targets.map((target) => [target, null])) : null;
    return codec.arity === 'one' ? codec.decode(wires[0] ?? null) : codec.decode(wires);
  };
  const encode = (value: unknown): { wires: Wires; losses: readonly unknown[] } => {
    if (codec.arity !== 'one') return codec.encode(value as never, []);
    const { wire, losses } = codec.encode(value as never, undefined);
    return { wires: [wire], losses };
  };
  return { decode, encode, inDomain: (value: unknown) => codec.inDomain(value as never) };
}

/** `toEqual` without its price where it holds, as it does two thousand times. */
function hold(actual: unknown, expected: unknown): void {
  if (!sameValue(actual, expected)) expect(actual).toEqual(expected);
}

const isNothing = (value: unknown): boolean =>
  value === null || value instanceof Unreadable || (typeof value === 'object' && Object.values(value).every((one) => one === null));

console.log(`laws of codecs: ${CASES} cases each, seed ${LAW_SEED} (SVERKA_TEST_SEED)`);

/** Wire values for several sources: neighbours in the list of cases. */
const tuplesOf = (sources: number): fc.Arbitrary<Wires> => fc.array(anyWire, { minLength: sources, maxLength: sources });
const TUPLES = new Map([1, 2, 3, 5].map((sources) => [sources, tuplesOf(sources)]));

it('has a subject for every codec', () => {
  expect([...new Set(SUBJECTS.map(({ codec }) => codec))].sort()).toEqual(CODECS.map(({ name }) => name).sort());
});

describe.each(SUBJECTS.map((subject) => [`${subject.codec} ${JSON.stringify(subject.params ?? {})}`, subject] as const))(
  '%s',
  { timeout: 120_000 },
  (name, subject) => {
    const codec = flat(compiled(registered(subject.codec), subject));

    it('inside the domain reads back what it wrote; outside tells the loss; and writes the same again', () => {
      let inside = 0;
      let all = 0;
      holdForAll(subject.values, (value) => {
        all++;
        const written = codec.encode(value);
        const back = codec.decode(written.wires);
        if (codec.inDomain(value)) {
          inside++;
          hold(back, value);
          if (subject.codec !== 'list-rest') hold(written.losses, []);
          return;
        }
        if (subject.codec !== 'constant' && written.wires.some((wire) => wire !== undefined) && written.losses.length === 0) {
          // The runtime compares what was written with what it reads as; a codec may leave telling to it, but may not read wrongly.
          hold(back instanceof Unreadable || !sameValue(back, value), true);
        }
        if (!isNothing(back)) hold(codec.encode(back).wires, written.wires);
      });
      console.log(`${name}: ${((100 * inside) / all).toFixed(0)} % of ${all} inside the domain`);
      expect(inside / all).toBeGreaterThanOrEqual(subject.share);
    });

    it('reads any wire value, or says why not, and what it read reads back the same', () => {
      holdForAll(TUPLES.get(subject.sources ?? 1) ?? tuplesOf(subject.sources ?? 1), (wires) => {
        const value = codec.decode(wires);
        if (isNothing(value) || subject.codec === 'constant') return;
        const written = codec.encode(value);
        if (written.losses.length === 0) hold(codec.decode(written.wires), value);
      });
    });
  },
);
