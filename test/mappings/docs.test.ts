import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CODECS, checkMapping, codecOf, runCases } from '../../mappings/engine/index.ts';
import { optionsOf, SHIPPED } from './shipped.ts';

const PAGE = readFileSync(new URL('../../docs/mappings.md', import.meta.url), 'utf8');
const BLOCKS = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
const block = (start: string): string => BLOCKS.find((text) => text.startsWith(start)) ?? '';
const ROWS = [...PAGE.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \| .* \| (.*) \|$/gm)]
  .map(([, names, params]) => ({ names: words(names), params: words(params) }))
  .filter(({ names }) => names.some((name) => codecOf(name) !== undefined));

function words(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/`([A-Za-z0-9-]+)/g)].map(([, word]) => word ?? '');
}

const clients = SHIPPED.find(({ vendor, stream }) => vendor === 'virtualpos' && stream === 'clients');

describe('docs/mappings.md', () => {
  it('has every codec in its table, and no other', () => {
    expect(ROWS.flatMap(({ names }) => names).sort()).toEqual(CODECS.map(({ name }) => name).sort());
  });

  it.each(ROWS)('names every parameter of $names', ({ names, params }) => {
    const known = names.flatMap((name) => Object.keys(codecOf(name)?.params.shape ?? {}));
    expect([...params].sort()).toEqual([...new Set(known)].sort());
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
