import { expect, it } from 'vitest';
import { compiledOnce } from '../../app/compiled.ts';
import type { CompileOptions } from '../../mappings/engine/options.ts';

const text = 'vendor: acme\nstream: clients\nentity: client\nkey: id\nfields:\n  name.last: lname\n  registeredAt: { from: made, as: datetime }\n';
const source = { file: 'clients.yaml', text };
const options: CompileOptions = { zone: 'Europe/Moscow', lookups: {}, wire: ['id', 'lname', 'made'] };

it('one content is compiled once, and any other one anew', () => {
  const mapping = compiledOnce(source, options);
  expect(compiledOnce({ ...source }, { ...options, lookups: {} })).toBe(mapping);
  for (const other of [
    compiledOnce({ ...source, text: text.replace('lname', 'id') }, { ...options, wire: null }),
    compiledOnce({ ...source, file: 'others.yaml' }, options),
    compiledOnce(source, { ...options, zone: 'Asia/Omsk' }),
    compiledOnce(source, { ...options, lookups: { shops: { 1: 'one' } } }),
  ])
    expect(other).not.toBe(mapping);
  const made = { made: '2026-01-01 12:00:00' };
  expect(compiledOnce(source, { ...options, zone: 'Asia/Omsk' }).decode(made).values).not.toEqual(mapping.decode(made).values);
});

it('a faulty one is refused each time, and what the configuration lays over it is placed anew', () => {
  const faulty = { ...source, text: text.replace('registeredAt', 'registered') };
  for (let time = 0; time < 2; time += 1) expect(() => compiledOnce(faulty, options)).toThrow(/registered/);
  const over = (line: number): CompileOptions => ({
    ...options,
    overrides: {
      place: { file: 'sverka.yaml', line },
      placeOf: () => ({ file: 'sverka.yaml', line }),
      fields: { 'name.first': { from: 'lname', only: 'pull' } },
    },
  });
  expect(compiledOnce(source, over(3)).lines.at(-1)?.line).not.toBe(compiledOnce(source, over(9)).lines.at(-1)?.line);
});

it('what was not used for longest is forgotten', () => {
  const first = compiledOnce(source, options);
  for (let n = 0; n < 150; n += 1) {
    compiledOnce({ ...source, file: `${n}.yaml` }, options);
    if (n < 100) expect(compiledOnce(source, options)).toBe(first);
  }
  for (let n = 150; n < 250; n += 1) compiledOnce({ ...source, file: `${n}.yaml` }, options);
  expect(compiledOnce(source, options)).not.toBe(first);
});
