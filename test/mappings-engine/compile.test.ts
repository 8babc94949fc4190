/** Faults of mapping files: each is named with its place, all of them at once, and nothing dangerous gets through. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../core/errors.ts';
import { checkMapping, compileFile, compileMapping, loadMappings, MappingError } from '../../mappings/engine/index.ts';
import { mappingOf, OPTIONS, source } from './support.ts';

const HEAD = 'vendor: test\nstream: clients\nentity: client\nkey: id\n';
const faults = (text: string, options = OPTIONS) => checkMapping(source(text), options).map((one) => `${one.line}:${one.column} ${one.message}`);
const inFields = (lines: string) => faults(`${HEAD}fields:\n${lines}`);

describe('a mapping file', () => {
  it('compiles with BOM and CRLF', () => {
    const text = `\uFEFF${HEAD}fields:\n  name.last: lname\n`.replaceAll('\n', '\r\n');
    expect(compileMapping(source(text), OPTIONS).decode({ id: '1', lname: ' A ' }).values).toEqual({
      'name.last': 'A',
    });
  });

  it('throws all faults, at the place of the first', () => {
    const text = `${HEAD}fields:\n  name.lst: lname\n  sexx: gender\n`;
    try {
      compileMapping(source(text), OPTIONS);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      const fault = error as MappingError;
      expect(fault.code).toBe('MAPPING_INVALID');
      expect(fault.where).toEqual({ file: 'mappings/test/clients.yaml', line: 6, column: 3 });
      expect(fault.message.split('\n')).toEqual([
        'mappings/test/clients.yaml:6:3: "name.lst" is no field of client; did you mean "name.last"?',
        'mappings/test/clients.yaml:7:3: "sexx" is no field of client; did you mean "sex"?',
      ]);
      expect(fault.problems).toHaveLength(2);
    }
  });

  it.each([
    ['broken YAML', `${HEAD}fields: {`, 'MAPPING_SYNTAX'],
    ['a key twice', `${HEAD}fields:\n  phone: a\n  phone: b\n`, 'MAPPING_SYNTAX'],
    ['an alias', `${HEAD}fields: &x\n  phone: a\nignored: *x\n`, 'MAPPING_SYNTAX'],
    ['an anchor', `${HEAD}fields: &x\n  phone: a\n`, 'MAPPING_SYNTAX'],
    ['a tag', `${HEAD}fields: !!js/function x\n`, 'MAPPING_SYNTAX'],
    ['two documents', `${HEAD}---\n${HEAD}`, 'MAPPING_SYNTAX'],
    ['more than 1 MB', `${HEAD}# ${'x'.repeat(1024 * 1024)}`, 'MAPPING_SYNTAX'],
    ['nothing', '', 'MAPPING_INVALID'],
    ['a list', '- a\n', 'MAPPING_INVALID'],
    ['an entity that is none', 'vendor: a\nstream: b\nentity: person\nkey: id\nfields: {}\n', 'MAPPING_INVALID'],
  ])('refuses %s', (_, text, code) => {
    const [first] = checkMapping(source(text), OPTIONS);
    expect(first?.code).toBe(code);
    expect(() => compileMapping(source(text), OPTIONS)).toThrow(MappingError);
  });

  it('keeps fifty faults and no more', () => {
    const lines = Array.from({ length: 80 }, (_, index) => `  wrong${index}: w${index}`).join('\n');
    expect(inFields(lines)).toHaveLength(50);
  });
});

describe('a line', () => {
  it.each([
    ['  phone: { from: p, as: phon }', '6:25 "phon" is no codec; did you mean "phone"?'],
    ['  phone: { from: p, as: phone, frm: 7 }', '6:32 "frm" is not known to phone; did you mean "from"?'],
    ['  phone: { from: p, as: phone, form: 9 }', '6:38 "form" of phone: expected one of'],
    ['  phone: { as: phone }', '6:10 "from" is missing'],
    ['  birthDate: bd', '6:14 a field of kind date needs "as"'],
    ['  birthDate: { from: bd, as: phone }', 'phone does not fit birthDate, which is of kind date'],
    ['  birthDate: { from: bd, as: date, pattern: dd }', 'must name year, month and day, or'],
    ['  birthDate: { from: [a, b], as: date-parts }', 'three wire fields'],
    ['  sex: { from: g, as: code, codes: { M: man } }', '"man" is not a code of sex; did you mean "male"?'],
    ['  sex: { from: g, as: code, codes: { M: male }, wireAs: number }', '"M" is no number'],
    ['  name: { from: n, as: text }', '"name" is a group'],
    ['  name.last: { from: n, as: full-name }', 'fills the whole group: write it under "name"'],
    ['  notes: a b', '"a b" is not a wire path'],
    ['  notes: __proto__', 'cannot be part of a wire path'],
    ['  notes: a.constructor', 'cannot be part of a wire path'],
    ['  notes: "a[prototype=x]"', 'cannot be part of a wire path'],
    ['  __proto__: a', '"__proto__" cannot be a name here'],
    ['  constructor: a', '"constructor" cannot be a name here'],
    ['  name: { from: ["c[type=a]", b, d], as: name-parts }', 'name-parts takes no selector'],
    ['  phone: { from: c, as: list-item }', 'a selector is needed'],
    ['  name: { from: [a, b], as: full-name }', 'full-name reads one wire field'],
    ['  notes: { from: a, only: never }', '"only" is pull or push'],
    ['  notes: { from: a, else: x }', '"else" needs "when"'],
    ['  notes: { from: a, when: { field: b } }', 'when needs one of'],
    ['  notes: { from: { setting: notesField } }', 'the setting "notesField" has no value'],
    ['  consents.sms: { from: m, as: bits, member: sms, bit: 3 }', '3 is not one bit'],
    ['  phones: { from: p, as: free-phones, which: main }', 'phones takes the rest'],
    ['  otherContacts: { from: c, as: texts, item: { as: text, mx: 3 } }', 'item:'],
  ])('%s', (line, message) => {
    expect(inFields(`${line}\n`).join('\n')).toContain(message);
  });

  it('knows the plain codec of plain kinds', () => {
    const mapping = mappingOf({ phone: 'p', email: 'e', childrenCount: 'c', notes: 'n', 'attributes.test.x': 'x' });
    expect(mapping.decode({ p: '8 913 123-45-67', e: 'A@B.RU', c: '2', n: 'n', x: [1] }).values).toEqual({
      phone: '+79131234567',
      email: 'a@b.ru',
      childrenCount: 2,
      notes: 'n',
      'attributes.test.x': [1],
    });
  });
});

describe('lines together', () => {
  it.each([
    ['  notes: a\n  group: a\n', '"group" and "notes" (line 6) write the same wire path'],
    ['  notes: a\n  group: a.b\n', 'write the same wire path'],
    ['  name: { from: a, as: full-name }\n  name.last: b\n', 'name.last is filled by "name" (line 6) too'],
    ['  consents.sms: { from: m, as: bits, member: sms, bit: 8 }\n  consents.call: { from: m, as: bits, member: SMS, bit: 1 }\n', 'write the same wire path'],
  ])('clash: %s', (lines, message) => {
    expect(inFields(lines).join('\n')).toContain(message);
  });

  it.each([
    '  notes: a\n  group: { from: a, only: pull }\n',
    '  consents.sms: { from: m, as: bits, member: sms, bit: 8 }\n  consents.call: { from: m, as: bits, member: call, bit: 1 }\n',
    '  phone: { from: t, as: free-phones }\n  phones: { from: t, as: free-phones }\n',
    '  phone: "c[type=mobile]"\n  phones: "c[type=mobile]"\n  email: "c[type=email]"\n',
    '  document.series: p.serial\n  document.number: p.number\n',
    '  name.first: { from: n, when: { field: t, is: 0 } }\n  organisation.name: { from: n, when: { field: t, in: [1, 2] } }\n',
  ])('may share: %s', (lines) => {
    expect(inFields(lines)).toEqual([]);
  });

  it('names wire fields that are unknown, forgotten, or both mapped and ignored, and reasons that are none', () => {
    const text = `${HEAD}fields:\n  notes: nots\nignored:\n  age: computed\n  nots: not of our business\n  agee: the vendor computes it\n`;
    expect(faults(text, { ...OPTIONS, wire: ['id', 'notes', 'age'] })).toEqual([
      '6:10 "nots" is no wire field of clients; did you mean "notes"?',
      '8:8 "age" needs a reason of three words or more, as a text: why it is not kept',
      '9:3 "nots" is ignored here and mapped on line 6: take one of them away',
      '9:3 "nots" is no wire field of clients; did you mean "notes"?',
      '10:3 "agee" is no wire field of clients; did you mean "age"?',
    ]);
  });
});

describe('overrides of a system', () => {
  const text = `${HEAD}fields:\n  notes: a\n  group: b\nignored:\n  c: of no use here\n`;
  const place = { file: 'sverka.yaml', line: 30, column: 5 };

  it('replace, add and take away lines, and lift what the file ignores', () => {
    const options = {
      ...OPTIONS,
      wire: ['id', 'a', 'b', 'c'],
      overrides: {
        place,
        fields: { notes: { from: 'c', as: 'text', max: 3 }, group: null },
        ignored: { a: 'empty in this system', b: 'empty in this system' },
      },
    };
    const mapping = compileMapping(source(text), options);
    expect(mapping.lines.map((line) => [line.field, line.sources])).toEqual([['notes', ['c']]]);
    expect(mapping.version).not.toBe(compileMapping(source(text), OPTIONS).version);
  });

  it('have faults at their own place', () => {
    const [first] = checkMapping(source(text), { ...OPTIONS, overrides: { place, fields: { nots: 'c' } } });
    expect(first).toMatchObject({ file: 'sverka.yaml', line: 30, column: 5 });
  });
});

describe('the version', () => {
  const text = `${HEAD}fields:\n  notes: { from: a, max: { setting: length, default: 5 } }\n`;
  const version = (over = {}, of = text) => compileMapping(source(of), { ...OPTIONS, ...over }).version;

  it('is the same for the same meaning, and another for another', () => {
    expect(version({}, text.replace('key: id\n', '# a remark\nkey: id\n'))).toBe(version());
    const others = [
      version({ zone: 'UTC' }),
      version({ lookups: { t: { 1: 'a' } } }),
      version({ settings: { length: 6 } }),
      version({}, text.replace('from: a', 'from: b')),
    ];
    expect(new Set([version(), ...others]).size).toBe(5);
  });
});

describe('a set of files', () => {
  it('pairs mappings with cases by name, and refuses a file that says another name', () => {
    const body = `${HEAD}fields:\n  notes: a\n`;
    const files = loadMappings([
      source('', 'm/test/clients.cases.yaml'),
      source(body, 'm/test/clients.yaml'),
      source('', 'm/readme.md'),
      source(body, 'm/other/clients.yaml'),
    ]);
    expect(files.map((file) => [file.vendor, file.stream, file.cases?.file ?? null])).toEqual([
      ['other', 'clients', null],
      ['test', 'clients', 'm/test/clients.cases.yaml'],
    ]);
    const [other, test] = files;
    if (other === undefined || test === undefined) return expect.unreachable();
    expect(compileFile(test, OPTIONS).stream).toBe('clients');
    expect(() => compileFile(other, OPTIONS)).toThrow('m/other/clients.yaml:1:9: the vendor is "test" here, and "other" by the folder\'s name');
  });
});
