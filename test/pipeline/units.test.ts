import { expect, it } from 'vitest';
import type { VendorRecord } from '../../core/contract.ts';
import { unitsOf } from '../../pipeline/land/units.ts';
import { mergeFacet } from '../../pipeline/land/view.ts';

const record = (key: string, parent?: VendorRecord['parent']): VendorRecord => ({ key, body: { id: key }, ...(parent === undefined ? {} : { parent }) });

it('keeps whatever hangs on a record in its unit, at any depth, and nothing twice', () => {
  const records = new Map([
    ['clients', [record('1'), record('2')]],
    ['cards', [record('7', { stream: 'clients', key: '1' }), record('8', { stream: 'clients', key: 'elsewhere' })]],
    ['bonuses', [record('7:1', { stream: 'cards', key: '7' }), record('8:1', { stream: 'cards', key: '8' })]],
  ]);
  const units = unitsOf({ records }).map(({ root, children }) => [root.record.key, ...children.map(({ record: { key } }) => key)]);
  expect(units).toEqual([['1', '7', '7:1'], ['2'], ['8', '8:1']]);
});

it('has another digest for a unit when what hangs below one of its cards is another', () => {
  const unit = (amount: string): string | undefined => {
    const bonus = { ...record('7:1', { stream: 'cards', key: '7' }), body: { amount } };
    const records = new Map([
      ['clients', [record('1')]],
      ['cards', [record('7', { stream: 'clients', key: '1' })]],
      ['bonuses', [bonus]],
    ]);
    return unitsOf({ records })[0]?.digest;
  };
  expect(unit('1')).toBe(unit('1'));
  expect(unit('1')).not.toBe(unit('2'));
});

it('keeps of a body what a reading that covers its own paths alone does not name', () => {
  expect(mergeFacet({ a: '1', b: '2' }, { b: '3', c: '4' }, 'body')).toEqual({ a: '1', b: '3', c: '4' });
  expect(mergeFacet({ a: '1', b: '2' }, { b: '3' }, ['a', 'b'])).toEqual({ a: '', b: '3' });
  expect(mergeFacet({ a: '1', b: '2' }, { b: '3' }, undefined)).toEqual({ b: '3' });
});
