/** Texts made to do harm: a message with a line, soon, and no prototype touched. */
import { describe, expect, it } from 'vitest';
import { checkMapping, compileMapping } from '../../../mappings/engine/index.ts';
import { broken, FILE, OPTIONS, RIGHT } from './kit.ts';

const faultsOf = (text: string) => checkMapping({ file: FILE, text }, OPTIONS).map((one) => `${one.line}:${one.column} ${one.message}`);
const many = (count: number, line: (index: number) => string): string => Array.from({ length: count }, (_, index) => line(index)).join('');
const bomb = `  crc: &a [x, x, x, x, x, x, x, x, x]
${many(
  9,
  (n) => `  ${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${`*${'abcdefghi'[n]}, `.repeat(9)}]
`,
)}`;

const HOSTILE: readonly (readonly [what: string, text: string, first: RegExp])[] = [
  ['a YAML bomb', broken('  crc: check sum of the row\n', bomb), /^24:8 an anchor \(&a\) is not allowed/],
  ['an anchor cycle', 'vendor: &a [*a]\n', /^1:9 an anchor/],
  ['10 MB', `${RIGHT}# ${'x'.repeat(10 * 1024 * 1024)}`, /^1:1 the file is larger than 1 MB/],
  ['10,000 brackets', broken('key: id', `key: ${'['.repeat(10_000)}`), /^4:66 .*60 levels/],
  ['5,000 braces', broken('key: id', `key: ${'{a: '.repeat(5000)}`), /^4:\d+ .*60 levels/],
  ['10,000 dashes', broken('key: id', `key:\n  ${'- '.repeat(10_000)}x`), /^5:1 .*too deeply/],
  ['10,000 question marks', broken('key: id', `key:\n  ${'? '.repeat(10_000)}x`), /^5:1 .*too deeply/],
  ['brackets behind quotes that end at once', broken('key: id', `key: ${`["]", `.repeat(1000)}`), /^4:\d+ .*60 levels/],
  ['400 levels of indentation', many(400, (n) => `${' '.repeat(n)}a:\n`), /^302:1 .*too deeply/],
  ['100,000 keys', many(100_000, (n) => `k${n}: v\n`), /^6001:\d+ the file is too long/],
  ['100,000 equal keys', many(100_000, () => 'vendor: v\n'), /^6001:\d+ the file is too long/],
  ['100,000 commas', `fields: [${'x,'.repeat(100_000)}]`, /^1:\d+ the file is too long/],
  ['100,000 empty lines', `${'\n'.repeat(100_000)}x: 1`, /^12001:\d+ the file is too long/],
  ['a line of a million letters', broken('key: id', `key: ${'x'.repeat(900_000)}`), /^4:6 "x{60}…" is no wire field/],
  ['a name of a million letters', broken('  name.last', `  ${'x'.repeat(900_000)}`), /^7:3 /],
  ['a path that would backtrack', broken('lname', `"${'a.'.repeat(5000)}!"`), /^7:14 .*not a wire path/],
  ['a pattern that would backtrack', broken('dd.MM.yyyy', `"${'(d+)+'.repeat(2000)}"`), /^13:14 .*(?:names a part twice|is not a pattern)/],
  ['NUL', broken('lname', 'lna\0me'), /^7:17 a control character \(U\+0000\)/],
  ['an escape for terminals', broken('lname', '\u001b[31mlname'), /^7:14 a control character \(U\+001B\)/],
  ['an escape for terminals in quotes', broken('lname', '"\\e[31mlname"'), /^7:14 "\\u001b\[31mlname" is not a wire path/],
  ['bytes that are no UTF-8', Buffer.from(broken('lname', 'lname\u00ff'), 'latin1').toString('utf8'), /^7:19 .*not UTF-8/],
  ['UTF-16', Buffer.from(`\ufeff${RIGHT}`, 'utf16le').toString('utf8'), /^1:1 the file is saved as UTF-16/],
  ['a merge key', broken('  name.last: lname', '  <<: { notes: lname }'), /^7:3 "<<" is no field/],
  ['a tag', broken('lname', '!!js/function lname'), /^7:14 tags/],
  ['a binary', broken('lname', '!!binary aGk='), /^7:23 only texts/],
  ['__proto__ as a section', `__proto__: { vendor: x }\n${RIGHT}`, /^1:1 "__proto__" cannot be a name/],
  ['__proto__ as a field', broken('  name.last: lname', '  __proto__: { from: lname }'), /^7:3 "__proto__" cannot be a name/],
  [
    '__proto__ as an attribute',
    broken('  name.last: lname', '  attributes.virtualpos.__proto__: lname'),
    /^7:3 "attributes.virtualpos.__proto__" cannot be a name/,
  ],
  ['__proto__ as a parameter', broken('as: phone }', 'as: phone, __proto__: { form: 7 } }'), /^14:36 "__proto__" cannot be a name/],
  ['__proto__ as a code', broken('F: female', '__proto__: female'), /^9:52 "__proto__" cannot be a name/],
  ['__proto__ as a path', broken('from: phone', 'from: __proto__.polluted'), /^14:18 "__proto__" cannot be part/],
  ['constructor.prototype as a path', broken('from: phone', 'from: constructor.prototype'), /^14:18 "constructor" cannot be part/],
  ['prototype behind a selector', broken('"contacts[type=email].value"', '"contacts[type=email].prototype"'), /^15:18 "prototype" cannot be part/],
  ['__proto__ under ignored', broken('  crc:', '  __proto__: of no use here\n  crc:'), /^24:3 "__proto__" cannot be a name/],
  ['__proto__ under constants', broken('  shop: 7', '  __proto__: { polluted: 1 }'), /^21:3 "__proto__" cannot be a name/],
  ['toString as a codec', broken('as: phone', 'as: toString'), /^14:29 "toString" is no codec/],
  ['hasOwnProperty as a table', broken('table: kinds', 'table: hasOwnProperty'), /^17:42 "hasOwnProperty" cannot be a name/],
  ['toString as a setting', broken('max: 20', 'max: { setting: toString }'), /^19:69 there is no setting "toString"/],
  ['constructor in a condition', broken('as: phone }', 'as: phone, when: { field: constructor, is: 1 } }'), /^14:51 "constructor" cannot be part/],
];

describe('a hostile text', () => {
  it.each(HOSTILE)('%s', (_, text, first) => {
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const found = faultsOf(text);
    expect(found[0]?.slice(0, 300)).toMatch(first);
    expect(found.length).toBeLessThanOrEqual(50);
    for (const message of found) expect(message.length).toBeLessThan(1000);
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['a BOM', `\ufeff${RIGHT}`],
    ['CRLF', RIGHT.replaceAll('\n', '\r\n')],
    ['a BOM and CRLF', `\ufeff${RIGHT}`.replaceAll('\n', '\r\n')],
    ['CR alone', RIGHT.replaceAll('\n', '\r')],
    ['no line end at its end', RIGHT.trimEnd()],
    ['tabs behind colons and at line ends', RIGHT.replace('key: id', 'key:\tid\t')],
    ['comments everywhere', RIGHT.replaceAll('\n', ' # {[ "\n')],
  ])('works with %s', (_, text) => {
    const right = compileMapping({ file: FILE, text: RIGHT }, OPTIONS);
    expect(compileMapping({ file: FILE, text }, OPTIONS).version).toBe(right.version);
  });

  it.each(['\r\n', '\r', '\n'])('counts lines that end in %j', (end) => {
    expect(faultsOf(`\ufeff${broken('lname', 'lnam').replaceAll('\n', end)}`)[0]).toMatch(/^7:14 "lnam" is no wire field/);
  });

  it.each(HOSTILE)('does not keep us busy: %s', (_, text) => {
    const before = process.cpuUsage();
    faultsOf(text);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
  });
});
