/** Times of change and of making: a value that is there and cannot be read is a problem, never a guess. */
import { expect, it } from 'vitest';
import { compileMapping } from '../../mappings/engine/index.ts';
import { proveMapping } from '../../mappings/engine/proof/prove.ts';
import { OPTIONS, source } from './support.ts';

const timed = (changed: string, more = '') =>
  compileMapping(
    source(`vendor: test
stream: clients
entity: client
key: id
changedAt: { from: changed, as: datetime${changed} }
createdAt: { from: made, as: datetime }
fields:
  notes: n
${more}`),
    OPTIONS,
  );

const RIGHT = { n: 'x', changed: '2020-03-17 10:20:30', made: '2020-01-01 00:00:00' };

it.each([
  ['changed', 'changedAt', 5],
  ['made', 'createdAt', 6],
])('a %s time that cannot be read is a problem of the record', (path, field, line) => {
  const mapping = timed('');
  expect(mapping.decode(RIGHT)).toEqual({ values: { notes: 'x' }, problems: [], changedAt: Date.UTC(2020, 2, 17, 7, 20, 30) });
  const { values, problems } = mapping.decode({ ...RIGHT, [path]: '17 March' });
  expect(values).toEqual({ notes: 'x' });
  expect(problems).toMatchObject([{ field, path, line, rule: 'a time in the form yyyy-MM-dd HH:mm:ss is expected' }]);
  expect(mapping.decode({ ...RIGHT, [path]: '' }).problems).toEqual([]);
  expect(mapping.decode({ ...RIGHT, [path]: '0000-00-00 00:00:00' }).problems).toEqual([]);
});

it('is told once where a field reads the same, and not at all where the line says so', () => {
  const body = { ...RIGHT, changed: 'soon' };
  const both = timed('', '  registeredAt: { from: changed, as: datetime, only: pull }\n').decode(body);
  expect(both.problems.map(({ field }) => field)).toEqual(['registeredAt']);
  expect(timed(', otherwise: ignore').decode(body)).toEqual({ values: { notes: 'x' }, problems: [], changedAt: null });
});

it('is proved like a field: its share is printed, and minutes in the place of months are a fault', () => {
  const right = proveMapping(timed(''), { lookups: {} });
  const lines = right.lines.filter(({ field }) => field !== 'notes');
  expect(lines.map(({ field, only, excused }) => [field, only, excused])).toEqual([
    ['changedAt', 'pull', 'read only'],
    ['createdAt', 'pull', 'read only'],
  ]);
  for (const { tried, inside } of lines) expect(inside / tried).toBeGreaterThan(0.8);
  expect(right.findings.filter(({ severity }) => severity === 'fault')).toEqual([]);
  const wrong = (pattern: string) => proveMapping(timed(`, pattern: ${pattern}`), { lookups: {} }).findings.filter(({ rule }) => rule === 'pattern');
  expect(wrong('yyyy-mm-dd HH:MM:ss')).toMatchObject([{ severity: 'fault', field: 'changedAt', line: 5, hint: expect.stringContaining('months are MM') }]);
  expect(wrong('"yyyy-MM-dd ss:mm:HH"')).toHaveLength(1);
  for (const good of ['iso', 'unix', '"HH:mm dd.MM.yyyy"', '"hh:mm a MM/dd/yyyy"', '"yyyyMMdd\'T\'HHmmss"', '"MM dd HH:mm:ss yyyy"'])
    expect(wrong(good)).toEqual([]);
});
