/** A record that cannot be read, as commands and logs tell of it: place, record, field, rule, what to do; never a value. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shippedMappings } from '../../app/project.ts';
import { startTrial, type Trial } from './support.ts';

const MARKERS = /Секретова|secretova|4711/i;
const FILE = join(shippedMappings(), 'virtualpos/clients.yaml');
const lineOf = (name: string): number =>
  readFileSync(FILE, 'utf8')
    .split('\n')
    .findIndex((line) => line.startsWith(`  ${name}:`)) + 1;

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial({ people: 4 });
  const shop = trial.sandbox.virtualpos.machine;
  const [key = 1] = shop.customers.keys();
  shop.editCustomer(key as never, { gender: 'Секретова', birth_day: '4711', email: 'secretova@', lname: 'Секретова' } as never);
});
afterAll(() => trial.stop());

it('is named with its place in the mapping, its key, its fields and rules, and what to do', async () => {
  const sync = await trial.run('sync');
  expect(sync.code).toBe(3);
  expect(sync.stdout).toContain('1 record set aside');
  const list = await trial.run('quarantine', 'list');
  const show = await trial.run('quarantine', 'show', '1');
  const { data } = await trial.json<{ rule: string; place: string; key: string }[]>('quarantine', 'list');
  expect(data[0]).toMatchObject({ key: expect.stringMatching(/^\d+$/), place: `${FILE}:${lineOf('sex')}:3` });
  expect(data[0]?.rule).toMatch(
    new RegExp(
      `^one of M, F is expected; also .* → birthDate \\(line ${lineOf('birthDate')}\\): .*; also email → email \\(line ${lineOf('email')}\\): an e-mail address is expected$`,
    ),
  );
  expect(show.stdout).toContain(`shop/clients/${data[0]?.key}`);
  expect(show.stdout).toContain(`${FILE}:${lineOf('sex')}:3`);
  expect(show.stdout).toMatch(/what to do +mend record \d+ in shop, .*sverka quarantine replay 1/);
  for (const { stdout, stderr } of [sync, list, show]) expect(stdout + stderr).not.toMatch(MARKERS);
  expect(JSON.stringify(data)).not.toMatch(MARKERS);
});
