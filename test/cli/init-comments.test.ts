/** What `init` writes as a comment is to be switched on by taking the "# " away, without looking anything up. */
import { expect, it } from 'vitest';
import { configText, type NewConfig, secretName, type Vendor } from '../../app/cli/config-text.ts';
import { CONNECTOR_FACTS } from '../../app/registry.ts';
import { loadConfig } from '../../config/load.ts';

const VENDORS: readonly Vendor[] = ['virtualpos', 'artix', 'lotinfo', 'vodyanoy'];
const systems = VENDORS.map((vendor) => ({ vendor, name: vendor, url: 'http://10.0.0.5:8080', secret: 'x', login: 'admin' }));
const env = {
  ...Object.fromEntries(systems.map((system) => [secretName(system), 'a-secret-of-some-length'])),
  ALERT_URL: 'https://alerts.example.ru/hook',
  ALERT_SMTP: 'smtps://user:password@mail.example.ru:465',
};

/** A comment that is a line of YAML; all others are prose. */
const LINE = /^( *)# ( *(?:- )?[A-Za-z]+:(?: .*)?)$/;
const PROSE = /^ *# (?:push|Sverka|Secrets|To switch on|What is what|IANA|Reading needs)/;

async function loaded(schedule: string | undefined) {
  const config = { store: 'sqlite', zone: 'Europe/Moscow', systems, ...(schedule === undefined ? {} : { schedule }) } as NewConfig;
  const lines = configText(config).split('\n');
  const on = lines.map((line) => (PROSE.test(line) ? line : line.replace(LINE, '$1$2')));
  const text = on.join('\n');
  const found = await loadConfig('/nowhere/sverka.yaml', {
    env,
    connectors: CONNECTOR_FACTS,
    readFile: async (path) => (path === '/nowhere/sverka.yaml' ? { text, mode: 0o600 } : null),
  });
  return { config: found.config, switched: on.filter((line, index) => line !== lines[index]).length };
}

it('loads with every comment switched on, with and without jobs', async () => {
  for (const schedule of [undefined, '*/15 * * * *']) {
    const { config, switched } = await loaded(schedule);
    expect(switched).toBeGreaterThan(10);
    expect(config.alerts).toMatchObject({ webhook: { url: env.ALERT_URL }, email: { from: 'sverka@example.ru' }, waitingHours: 48, silentPeriods: 3 });
    expect(config.endpoints).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(Object.keys(config.jobs)).toEqual(['regular', 'nightly']);
    expect(config.systems['artix']?.settings).toMatchObject({ route: 'file', defaultCardGroup: '2' });
  }
});
