import { expect, it } from 'vitest';
import { artixWire } from '../../../connectors/artix/wire.ts';
import { concealer, secretFields, without } from '../../../connectors/shared/secrets.ts';
import type { Found, Json } from '../../../core/contract.ts';

const found = (body: Record<string, Json>, key = '1'): Found => ({
  records: new Map([['clients', [{ key, body }]]]),
  rejected: [{ stream: 'clients', key: null, body: { client: body, text: `{"codeword": "весна", "codeword":` }, field: '', rule: '' }],
  began: 0,
  ended: 0,
});

it('the wire schemas say what is secret', () => {
  expect(secretFields(artixWire.clients)).toEqual(['codeword']);
  expect(secretFields(artixWire.cards)).toEqual(['pincode']);
});

it('a secret leaves as a digest that tells equal from changed in one record and nothing else; what is empty stays empty', () => {
  const by = (key: string | undefined, body: Record<string, Json>, of?: string) =>
    concealer(Object.values(artixWire), key).found(found(body, of)).records.get('clients')?.[0]?.body['codeword'];
  const digest = by('key', { codeword: 'весна' });
  expect(digest).toMatch(/^[\w-]{43}$/);
  expect(by('key', { codeword: 'весна', name: 'other' })).toBe(digest);
  for (const other of [by('key', { codeword: 'лето' }), by('key', { codeword: 'весна' }, '2'), by('other', { codeword: 'весна' })])
    expect(other).not.toBe(digest);
  expect(by('key', { codeword: '' })).toBe('');
  // A digest without a key would be found by trying.
  expect(by(undefined, { codeword: 'весна' })).toBe('(secret)');
});

it('hides secrets in what was refused, at any depth and in a text that is no JSON', () => {
  const text = JSON.stringify(concealer(Object.values(artixWire), 'key').found(found({ codeword: 'весна', name: 'x' })).rejected);
  expect(text).not.toContain('весна');
  expect(text).toContain('"name":"x"');
  expect(without({ codeword: 'x', name: 'y' }, ['codeword'])).toEqual({ name: 'y' });
});
