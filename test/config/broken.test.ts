import { describe, expect, test } from 'vitest';
import { FILE, load, problemsOf } from './support.ts';

/** A configuration that is right; each case replaces lines of it. */
const RIGHT = `store:
  sqlite: ./sverka.db
zone: Europe/Moscow
systems:
  shop:
    vendor: virtualpos
    settings:
      url: https://shop.example
      apikey: { env: SHOP_APIKEY }
    rate: 10
    streams:
      clients: { push: plan, create: none, update: [name, phone] }
  tills:
    vendor: artix
    settings:
      rest:
        url: http://10.0.0.5/CSrest/rest/
        login: admin
        password: { env: TILLS_PASSWORD }
policies:
  authority: [shop, tills]
  fields:
    address: { rule: authority }
log:
  level: info
`;
const ENV = { SHOP_APIKEY: 'key-of-the-shop', TILLS_PASSWORD: 'password-of-the-tills' };

/** [what, text to replace, replacement, expected line, expected words] */
const BROKEN: readonly (readonly [string, string, string, number, RegExp])[] = [
  ['an unknown key at the top', 'zone: Europe', 'zoen: Europe', 3, /not known; did you mean "zone"/],
  ['an unknown key of a system', '    rate: 10', '    rat: 10', 10, /did you mean "rate"/],
  ['an unknown key of a stream', 'push: plan', 'puhs: plan', 12, /did you mean "push"/],
  ['an unknown key of the settings', '      url: https://shop.example', '      url: https://shop.example\n      apykey: x', 9, /did you mean "apikey"/],
  ['an unknown key deep in the settings', '        login: admin', '        lgoin: admin', 18, /did you mean "login"/],
  ['an unknown key of the policies', '  authority: [shop, tills]', '  authorty: [shop]', 21, /did you mean "authority"/],
  ['an unknown key of the log', '  level: info', '  levle: info', 25, /did you mean "level"/],
  ['an unknown key of the store', '  sqlite: ./sverka.db', '  sqlite3: ./sverka.db', 2, /did you mean "sqlite"/],
  ['no store', '  sqlite: ./sverka.db', '  mysql:', 2, /expected/],
  ['two stores', '  sqlite: ./sverka.db', '  sqlite: ./a.db\n  mysql: { url: { env: SHOP_APIKEY } }', 1, /exactly one of sqlite and mysql|mysql:\/\//],
  ['a text for a number', '    rate: 10', '    rate: fast', 10, /expected a number, found a text/],
  ['a negative rate', '    rate: 10', '    rate: -1', 10, /at least 0/],
  ['a number for a text', '    vendor: artix', '    vendor: 5', 14, /expected a text, found a number/],
  ['an unknown word', 'push: plan', 'push: always', 12, /expected one of off, plan, auto/],
  ['an unknown word for create', 'create: none', 'create: some', 12, /none, all/],
  ['a filter without a test', 'create: none', 'create: { where: [ { field: phone } ] }', 12, /exactly one of is, in and empty/],
  [
    'a filter on an unknown field',
    'create: none',
    'create: { where: [ { field: fone, empty: false } ] }',
    12,
    /no canonical field or group "fone"; did you mean "phone"/,
  ],
  ['an unknown field to update', 'update: [name, phone]', 'update: [name, fone]', 12, /did you mean "phone"/],
  ['an unknown field with a policy', '    address: {', '    adress: {', 23, /did you mean "address"/],
  ['an unknown stream', '      clients: {', '      client: {', 12, /no stream of virtualpos "client"; did you mean "clients"/],
  [
    'an unknown connector',
    'vendor: virtualpos',
    'vendor: virtualpoz',
    6,
    /no connector "virtualpoz"; did you mean "virtualpos"\? known: virtualpos, artix, lotinfo, vodyanoy/,
  ],
  ['no connector', '    vendor: artix\n', '', 13, /"vendor" is missing here/],
  ['an unknown zone', 'zone: Europe/Moscow', 'zone: Europe/Moskow', 3, /IANA time zone.*did you mean "Europe\/Moscow"/],
  ['an unknown zone of a system', '    rate: 10', '    zone: MSK+3', 10, /IANA time zone/],
  ['a system twice', '  tills:', '  shop:', 13, /two systems named "shop"/],
  ['a key twice', '    rate: 10', '    rate: 10\n    rate: 11', 11, /twice/],
  ['a name of a system with blanks', '  tills:', '  the tills:', 13, /lower-case letters/],
  ['no systems', RIGHT.slice(RIGHT.indexOf('systems:'), RIGHT.indexOf('policies:')), 'systems: {}\n', 4, /at least one system/],
  ['an unknown system with authority', '[shop, tills]', '[shop, til]', 21, /no system "til"; did you mean "tills"/],
  ['no address', '      url: https://shop.example\n', '', 7, /"url" is missing here/],
  ['an address that is none', 'https://shop.example', 'shop.example', 8, /http or https address/],
  ['a secret in the file', '{ env: SHOP_APIKEY }', 'secret-in-the-file', 9, /a secret does not stand in this file; write \{ env: NAME \}/],
  ['a nested secret in the file', '{ env: TILLS_PASSWORD }', 'secret-in-the-file', 19, /a secret does not stand in this file/],
  ['a tab', '    rate: 10', '\t\trate: 10', 10, /./],
  ['a bracket left open', '[shop, tills]', '[shop, tills', 21, /this \[ is not closed/],
  ['settings of another route', '      rest:\n', '      route: file\n      rest:\n', 15, /"?file"?.*(needed|missing)/],
];

describe('a broken configuration', () => {
  test('is told from the right one', async () => {
    expect(await problemsOf({ text: RIGHT, env: ENV })).toEqual([]);
  });

  test.each(BROKEN)('%s', async (_what, from, to, line, words) => {
    expect(RIGHT).toContain(from);
    const problems = await problemsOf({ text: RIGHT.replace(from, to), env: ENV });
    const shown = problems.map((problem) => `${problem.line}: ${problem.path} ${problem.message}`);
    expect(
      shown.filter((text) => text.startsWith(`${line}: `) && words.test(text)),
      shown.join('\n'),
    ).toHaveLength(1);
    expect(problems[0]?.file).toBe(FILE);
    for (const text of shown) expect(text).not.toContain('secret-in-the-file');
  });

  test('names every fault at once, in the order of the lines', async () => {
    const text = RIGHT.replace('rate: 10', 'rat: 10')
      .replace('zone: Europe', 'zoen: Europe')
      .replace('[shop, tills]', '[shop, til]')
      .replace('      url: https://shop.example', '      url: 5');
    const lines = (await problemsOf({ text, env: ENV })).map((problem) => problem.line);
    expect(lines).toEqual([3, 8, 10]);
  });

  test('cannot be read', async () => {
    const error: unknown = await load({ text: RIGHT, env: ENV }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeNull();
    const { loadConfig } = await import('../../config/load.ts');
    await expect(loadConfig('/nowhere/sverka.yaml', { env: {}, connectors: new Map(), readFile: async () => null })).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'CONFIG_UNREADABLE',
    });
    const denied = async (): Promise<never> => {
      throw Object.assign(new Error('denied'), { code: 'EACCES' });
    };
    await expect(loadConfig('/nowhere/sverka.yaml', { env: {}, connectors: new Map(), readFile: denied })).rejects.toThrow(/may not read it/);
  });
});
