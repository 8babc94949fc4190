/** The examples of the guides by vendor pass, once the store is named and the secrets are there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../app/project.ts';
import { load } from './support.ts';

test.each(['virtualpos', 'artix', 'lotinfo', 'vodyanoy'])('the guide of %s shows a configuration that passes', async (vendor) => {
  const guide = readFileSync(join(projectRoot(), 'docs/vendors', `${vendor}.md`), 'utf8');
  const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  expect(examples).toHaveLength(1);
  const env = { SHOP_APIKEY: 'a', TILLS_PASSWORD: 'b', CRM_TOKEN: 'c', DELIVERY_TOKEN: 'd' };
  const { config } = await load({ text: `store: { sqlite: ./sverka.db }\n${examples.join('')}`, env });
  expect(Object.values(config.systems).map((system) => system.vendor)).toEqual([vendor]);
});
