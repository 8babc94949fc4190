import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSystems } from '../../app/compose.ts';
import { policiesOf } from '../../app/policies.ts';
import { projectRoot } from '../../app/project.ts';
import { load } from './support.ts';

const directory = join(projectRoot(), 'config', 'examples');
const examples = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
const env = Object.fromEntries(['SHOP_APIKEY', 'TILLS_PASSWORD', 'CRM_TOKEN', 'DELIVERY_TOKEN'].map((name) => [name, `value-of-${name}`]));
const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

test('there are examples', () => {
  expect(examples).toContain('sverka.yaml');
  expect(examples).toContain('demo.yaml');
});

test.each(examples)('%s is right, and its systems open with their mappings', async (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  const loaded = await load({
    text,
    env: { ...env, CRM_SMS_CODE: '101010' },
    files: { '/etc/sverka/secrets/lotinfo-token': { text: 'token-in-a-file' } },
  });
  const systems = await openSystems(loaded, { log, signal: new AbortController().signal, store: null, ask: async () => null });
  expect(systems.map((system) => system.name)).toEqual(['shop', 'tills', 'crm', 'delivery']);
  for (const system of systems) expect([...system.mappings.keys()].sort()).toEqual(system.system.streams.map((stream) => stream.name).sort());
  expect(policiesOf(loaded.config).authority[0]).toBe('shop');
});

test('the complete example names every key of the configuration', () => {
  const text = readFileSync(join(directory, 'sverka.yaml'), 'utf8');
  for (const key of [
    'mysql',
    'mappings',
    'rate',
    'ownReference',
    'creates',
    'facetCalls',
    'lookups',
    'overrides',
    'guards',
    'lostAdjustments',
    'maxSharedContact',
    'file',
  ]) {
    expect(text).toMatch(new RegExp(`\\b${key}:`));
  }
});
