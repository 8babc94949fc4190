import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CODECS, checkMapping, runCases } from '../../mappings/engine/index.ts';
import { optionsOf, SHIPPED } from './shipped.ts';

const PAGE = readFileSync(new URL('../../docs/mappings.md', import.meta.url), 'utf8');
const BLOCKS = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
const block = (start: string): string => BLOCKS.find((text) => text.startsWith(start)) ?? '';
/** Codecs named in the table of codecs. */
const TABLE = PAGE.slice(PAGE.indexOf('## Codecs'), PAGE.indexOf('A codec of one value is put to work'));

const clients = SHIPPED.find(({ vendor, stream }) => vendor === 'virtualpos' && stream === 'clients');

describe('docs/mappings.md', () => {
  it('has every codec in its table', () => {
    expect(CODECS.map(({ name }) => name).filter((name) => !TABLE.includes(`\`${name}\``))).toEqual([]);
  });

  it('shows a mapping that compiles', () => {
    const source = { file: 'docs/mappings.md', text: block('vendor: virtualpos') };
    expect(checkMapping(source, { zone: 'UTC', lookups: {}, wire: null })).toEqual([]);
  });

  it('shows cases that hold', () => {
    if (clients === undefined) throw new Error('no mapping of virtualpos/clients');
    const results = runCases(clients.mapping, { file: 'docs/mappings.md', text: block('cases:') }, optionsOf(clients));
    expect(results.length).toBe(3);
    expect(results.flatMap(({ differences }) => differences)).toEqual([]);
  });

  it('shows overrides that compile', () => {
    if (clients === undefined) throw new Error('no mapping of virtualpos/clients');
    const { systems } = parse(block('systems:')) as { systems: { 'till-1': { overrides: { clients: object } } } };
    const overrides = { place: { file: 'sverka.yaml' }, ...systems['till-1'].overrides.clients };
    expect(checkMapping(clients.mapping, { ...optionsOf(clients), overrides })).toEqual([]);
  });
});
