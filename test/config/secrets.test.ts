import { describe, expect, test } from 'vitest';
import { load, problemsOf } from './support.ts';

const TEXT = `store: { sqlite: ./sverka.db }
systems:
  shop:
    vendor: virtualpos
    settings:
      url: https://shop.example
      apikey: APIKEY
  crm:
    vendor: lotinfo
    settings:
      token: { env: CRM_TOKEN }
`;
const env = { SHOP_APIKEY: 'from-environment', CRM_TOKEN: 'crm-token' };
const withKey = (key: string): string => TEXT.replace('APIKEY', key);
const settingsOf = (loaded: Awaited<ReturnType<typeof load>>, system: string): Record<string, unknown> =>
  loaded.config.systems[system]?.settings as Record<string, unknown>;

describe('secrets', () => {
  test('come from the environment', async () => {
    const loaded = await load({ text: withKey('{ env: SHOP_APIKEY }'), env });
    expect(settingsOf(loaded, 'shop')['apikey']).toBe('from-environment');
    expect([...loaded.secrets].sort()).toEqual(['crm-token', 'from-environment']);
    expect(loaded.warnings).toEqual([]);
  });

  test('come from a .env with the mark of UTF-8 and line ends of Windows', async () => {
    const files = { '/etc/sverka/.env': { text: '\uFEFFSHOP_APIKEY=beside\r\nCRM_TOKEN=too\r\n' } };
    expect(await problemsOf({ text: withKey('{ env: SHOP_APIKEY }'), env: {}, files })).toEqual([]);
  });

  test('come from the .env beside the file, which the environment overrides', async () => {
    const files = { '/etc/sverka/.env': { text: 'SHOP_APIKEY="beside"\nCRM_TOKEN=beside-too\n' } };
    const loaded = await load({ text: withKey('{ env: SHOP_APIKEY }'), env: { CRM_TOKEN: 'crm-token' }, files });
    expect(settingsOf(loaded, 'shop')['apikey']).toBe('beside');
    expect(settingsOf(loaded, 'crm')['token']).toBe('crm-token');
  });

  test('come from a file of their own, without the line end', async () => {
    const loaded = await load({
      text: withKey('{ file: ./key }'),
      env,
      files: { '/etc/sverka/key': { text: 'from-file\n' } },
    });
    expect(settingsOf(loaded, 'shop')['apikey']).toBe('from-file');
  });

  test('in files that others may read are warned of', async () => {
    const files = {
      '/etc/sverka/.env': { text: 'A=1\n', mode: 0o644 },
      '/etc/sverka/key': { text: 'from-file', mode: 0o640 },
    };
    const { warnings } = await load({ text: withKey('{ file: key }'), env, files });
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/chmod 600 \/etc\/sverka\/\.env.*chmod 600 \/etc\/sverka\/key/s);
  });

  test('that are missing name where they were looked for', async () => {
    const [problem, ...others] = await problemsOf({ text: withKey('{ env: NO_SUCH_KEY }'), env });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'CONFIG_SECRET_MISSING', line: 7, path: 'systems.shop.settings.apikey' });
    expect(problem?.message).toMatch(/NO_SUCH_KEY is not set.*environment.*\/etc\/sverka\/\.env \(there is no such file\)/);
    const [file] = await problemsOf({ text: withKey('{ file: ./nowhere }'), env });
    expect(file).toMatchObject({ code: 'CONFIG_SECRET_MISSING', line: 7 });
    expect(file?.message).toContain('/etc/sverka/nowhere');
    const [empty] = await problemsOf({ text: withKey('{ env: SHOP_APIKEY }'), env: { ...env, SHOP_APIKEY: '' } });
    expect(empty?.message).toMatch(/SHOP_APIKEY is empty/);
  });

  test('given on the command line go to the systems that know the setting', async () => {
    const loaded = await load({ text: withKey('{ env: SHOP_APIKEY }'), env, settings: { code: '123456' } });
    expect(settingsOf(loaded, 'crm')['code']).toBe('123456');
    expect(settingsOf(loaded, 'shop')).not.toHaveProperty('code');
    expect(loaded.secrets.has('123456')).toBe(true);
  });

  test('never stand in a fault', async () => {
    const problems = await problemsOf({
      text: withKey('{ env: SHOP_APIKEY }').replace('https://shop.example', 'ftp://user:from-environment@x'),
      env,
    });
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('from-environment');
  });
});
