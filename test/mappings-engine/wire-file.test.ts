/** Wire files: what they say is checked for, and hostile ones are refused with the line, at once. */
import { describe, expect, it } from 'vitest';
import { wireNames } from '../../app/registry.ts';
import { patternFault } from '../../mappings/engine/safe-pattern.ts';
import { readWireFile } from '../../mappings/engine/wire-file.ts';

const faults = (text: string): string[] => readWireFile({ file: 'x.wire.yaml', text }, 'x').problems.map(({ line, message }) => `${line} ${message}`);
const stream = (properties: string, more = ''): string => `vendor: x\nstreams:\n  clients:\n    type: object\n    properties:\n      ${properties}\n${more}`;

const GOOD = `vendor: x
streams:
  clients:
    type: object
    required: [id]
    properties:
      id: { type: [integer, string] }
      email: { type: [string, null], format: email, maxLength: 9 }
      home: { $ref: "#/$defs/address" }
      flats: { type: array, items: { $ref: "#/$defs/address" } }
      kind: { enum: [a, 1, null] }
$defs:
  address: { type: object, required: [city], properties: { city: { type: string, pattern: "^[A-Z]" } } }
`;

describe('a wire file', () => {
  const { wire } = readWireFile({ file: 'x.wire.yaml', text: GOOD }, 'x');
  const schema = wire['clients'];
  const found = (body: unknown): string[] => schema?.safeParse(body).error?.issues.map(({ path }) => path.join('.')) ?? [];

  it('names the fields of the stream in their order', () => {
    expect(schema === undefined ? null : wireNames(schema)).toEqual(['id', 'email', 'home', 'flats', 'kind']);
  });

  it('holds for records as it says, and for further fields and odd texts of a format', () => {
    expect(found({ id: 1, more: true, email: 'no mail', home: { city: 'Omsk' }, flats: [], kind: null })).toEqual([]);
    expect(found({ email: '0123456789', home: { city: 'omsk' }, flats: [{}], kind: 'b' })).toEqual(['id', 'email', 'home.city', 'flats.0.city', 'kind']);
  });

  it('has faults with their lines, and the nearest name', () => {
    expect(faults('vendor: y\nstreams: {}\nstreems: 1')).toEqual([
      '1 the file says "y", its name "x"',
      expect.stringMatching(/^2 "streams" must be a map/),
      '3 "streems" is not known here; did you mean "streams"?',
    ]);
    expect(faults(stream('a: { typ: string, type: strng }\n      "b c": {}'))).toEqual([
      '6 "typ" is no keyword of JSON Schema that is taken here; did you mean "type"?',
      expect.stringMatching(/^6 "type" is .* not "strng"; did you mean "string"\?$/),
      expect.stringMatching(/^7 "b c" cannot be the name of a field/),
    ]);
    expect(faults('vendor: x\nstreams: { clients: { type: array } }')[0]).toMatch(/^2 the records of a stream are objects/);
    expect(faults(stream('a: {}').replace('type: object', 'type: object\n    required: [b]'))).toEqual([
      '5 "b" is required, but is no property; did you mean "a"?',
    ]);
    expect(faults('')).toEqual(['1 a wire file is a map of "vendor" and "streams"']);
  });

  it.each([
    ['a reference out of the file', stream('a: { $ref: "https://example.com/schema.json" }'), /^6 "\$ref" leads out of this file/],
    ['a reference to a file', stream('a: { $ref: "other.yaml#/x" }'), /^6 "\$ref" leads out of this file/],
    ['a reference to nothing', stream('a: { $ref: "#/$defs/none" }'), /^6 there is nothing at "#\/\$defs\/none"/],
    ['a circle', stream('a: { $ref: "#/$defs/a" }', '$defs: { a: { type: array, items: { $ref: "#/$defs/a" } } }'), /^7 .* leads back to itself/],
    ['a circle to the stream itself', stream('a: { $ref: "#/streams/clients" }'), /^6 .* leads back to itself/],
    ['a pattern that backtracks', stream('a: { type: string, pattern: "^(a+)+$" }'), /^6 "pattern": this pattern backtracks/],
    ['names of objects', stream('constructor: { type: string }'), /^6 "constructor" cannot be a name here/],
    ['an anchor', stream('a: &a { type: string }'), /^6 an anchor \(&a\) is not allowed here/],
    ['a depth without end', stream(`a: ${'{ type: array, items: '.repeat(40)}{}${' }'.repeat(40)}`), /^6 the schema is nested deeper/],
    ['two megabytes', `# ${'x'.repeat(2_000_000)}`, /^1 the file is larger than 1 MB/],
  ])('is refused for %s', (_, text, expected) => {
    expect(faults(text)).toEqual([expect.stringMatching(expected)]);
  });

  it('is refused when its references multiply without end', () => {
    const pairs = Array.from(
      { length: 14 },
      (_, n) => `  d${n}: { type: object, properties: { a: { $ref: "#/$defs/d${n + 1}" }, b: { $ref: "#/$defs/d${n + 1}" } } }`,
    );
    const text = stream('a: { $ref: "#/$defs/d0" }', `$defs:\n${pairs.join('\n')}\n  d14: { type: string }`);
    expect(faults(text)).toEqual([expect.stringContaining('larger than 5000 parts')]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});

it('patterns are taken when their time grows with the text alone', () => {
  for (const good of ['^\\d{11}$', '^[A-Z][a-z]+$', '\\d{4}', '^(?:\\+7|8)?\\d{10}$', '^[a-z]{2,5}-\\d+$', '^$'])
    expect([good, patternFault(good)]).toEqual([good, null]);
  for (const bad of [
    '(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(\\w+\\s?)*$',
    '\\s*$',
    '^(a?){30}a{30}$',
    `^${'a?'.repeat(40)}$`,
    `^${'(a|a)?'.repeat(40)}$`,
    '^a{0,99}a{0,99}$',
    '^(a)\\1$',
    '^(?=a+b)',
    '(',
    'x'.repeat(300),
  ])
    expect([bad, patternFault(bad)]).not.toEqual([bad, null]);
});
