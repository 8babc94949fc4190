/** The questions of `sverka init` on a terminal. Each answer is tried at once, and can be given again, kept as it is, or left out. */
import picocolors from 'picocolors';
import { ConfigError } from '../../../core/errors.ts';
import { escapeForTerminal } from '../../../core/redact.ts';
import { assertZone } from '../../../core/zone.ts';
import { isPrivateHost } from '../../adapters/private-address.ts';
import type { Check } from '../../console/check.ts';
import { isAddress } from '../address.ts';
import { type NewConfig, type NewSystem, secretName, VENDORS, type Vendor } from '../config-text.ts';
import type { Invocation } from '../host.ts';
import type { Prompts } from '../prompts.ts';
import { tryAddress, tryFile, tryMysql, trySystem } from './try.ts';

export interface Answers {
  readonly config: NewConfig;
  readonly secrets: Readonly<Record<string, string>>;
}

interface Talk {
  readonly invocation: Invocation;
  readonly prompts: Prompts;
  /** Directory of the configuration. */
  readonly directory: string;
  readonly secrets: Record<string, string>;
}

/** `given` are answers that the flags gave already. */
export async function interview(
  invocation: Invocation,
  prompts: Prompts,
  directory: string,
  given: { readonly zone?: string; readonly store?: NewConfig['store']; readonly schedule?: string },
): Promise<Answers> {
  const talk: Talk = { invocation, prompts, directory, secrets: {} };
  const say = (text: string): void => invocation.io.err(`${text}\n`);
  say('Sverka asks for the zone, the place of its own data, and your systems. Nothing is written before the end; Ctrl-C leaves.\n');
  const zone = given.zone ?? (await askZone(prompts));
  const store = await askStore(talk, given.store);
  const systems: NewSystem[] = [];
  for (;;) {
    const vendor = await askVendor(prompts, systems);
    if (vendor === 'done') break;
    const system = await askSystem(talk, zone, vendor, systems);
    if (system !== null) systems.push(system);
  }
  const schedule = systems.length === 0 ? undefined : (given.schedule ?? (await askSchedule(prompts)));
  return { config: { zone, ...store, systems, ...(schedule === undefined ? {} : { schedule }) }, secrets: talk.secrets };
}

async function askSchedule(prompts: Prompts): Promise<string | undefined> {
  const chosen = await prompts.choose('How often is it to work by itself, as soon as `sverka serve` runs? (What it may write, each stream says.)', [
    { value: '*/15 * * * *', name: 'every 15 minutes, and whole once a night' },
    { value: '0 * * * *', name: 'every hour, and whole once a night' },
    { value: 'never', name: 'not yet: I start it by hand (the jobs are written as a comment)' },
  ]);
  return chosen === 'never' ? undefined : chosen;
}

async function askZone(prompts: Prompts): Promise<string> {
  return prompts.text('Time zone of your systems (IANA name)', {
    preset: Intl.DateTimeFormat().resolvedOptions().timeZone,
    check: (zone) => {
      try {
        assertZone(zone);
        return true;
      } catch (error) {
        return error instanceof ConfigError ? error.message : 'expected a name such as Europe/Moscow';
      }
    },
  });
}

async function askStore(talk: Talk, given: NewConfig['store'] | undefined): Promise<Pick<NewConfig, 'store' | 'file'>> {
  const { prompts, directory, invocation } = talk;
  for (let preset = given; ; preset = undefined) {
    const kind: NewConfig['store'] =
      preset ??
      (await prompts.choose('Where does Sverka keep its own data?', [
        { value: 'sqlite', name: 'SQLite: a file on this machine, to try it out' },
        { value: 'mysql', name: 'MySQL 8 or MariaDB 10.6 and later, for good' },
      ]));
    if (kind === 'sqlite') {
      const file = await prompts.text('File of the database', {
        preset: './sverka.db',
        check: async (text) => (await tryFile(text, directory)) ?? true,
      });
      return { store: 'sqlite', file };
    }
    const secrets = { SVERKA_MYSQL_URL: await secretOf(talk, 'SVERKA_MYSQL_URL', 'mysql://user:password@host:3306/database') };
    const verdict = await settled(talk, 'the database', await tryMysql(invocation, secrets));
    if (verdict === 'again' || verdict === 'out') continue;
    Object.assign(talk.secrets, secrets);
    return { store: 'mysql' };
  }
}

function askVendor(prompts: Prompts, systems: readonly NewSystem[]): Promise<Vendor | 'done'> {
  const vendors = Object.entries(VENDORS).map(([value, { title, about }]) => ({ value: value as Vendor, name: `${title}: ${about}` }));
  const done = { value: 'done' as const, name: `That is all (${systems.map(({ name }) => name).join(', ')})` };
  return prompts.choose<Vendor | 'done'>(
    systems.length === 0 ? 'Which system comes first?' : 'Another system?',
    systems.length === 0 ? vendors : [done, ...vendors],
  );
}

async function askSystem(talk: Talk, zone: string, vendor: Vendor, others: readonly NewSystem[]): Promise<NewSystem | null> {
  const { prompts, invocation } = talk;
  const facts = VENDORS[vendor];
  invocation.io.err(`${picocolors.dim(`${facts.title}: ${facts.key} More: docs/vendors/${vendor}.md`)}\n`);
  const taken = new Set(others.map((one) => one.name));
  const name = await prompts.text('Your name for it (lower-case letters, digits, hyphens)', {
    preset: freeName(facts.name, taken),
    check: (text) =>
      /^[a-z][a-z0-9-]{0,39}$/.test(text) ? !taken.has(text) || `there is a system "${text}" already` : 'lower-case letters, digits and hyphens',
  });
  let url = facts.preset;
  for (;;) {
    const address = await askAddress(talk, `Address of ${facts.title}`, url, facts.example);
    url = address.url;
    const login = facts.login === undefined ? undefined : await prompts.text('User', { preset: facts.login });
    const bonusUrl = vendor === 'artix' ? await askBonusServer(talk, url) : undefined;
    const system: NewSystem = { name, vendor, ...address, ...(login === undefined ? {} : { login }), ...(bonusUrl === undefined ? {} : { bonusUrl }) };
    const secret = { [secretName(system)]: await secretOf(talk, secretName(system), `${facts.secretTitle} (not shown)`) };
    const verdict = await settled(talk, name, await trySystem(invocation, zone, system, { ...talk.secrets, ...secret }));
    if (verdict === 'out') return null;
    if (verdict === 'again') continue;
    Object.assign(talk.secrets, secret);
    const cardGroup = vendor === 'artix' ? await prompts.text('Id of the card group of new cards (empty: new cards that name none are refused)') : '';
    return cardGroup === '' ? system : { ...system, cardGroup };
  }
}

async function askAddress(talk: Talk, question: string, preset: string | undefined, example: string): Promise<{ url: string; insecure?: true }> {
  const { prompts } = talk;
  for (let before = preset; ; ) {
    const url = await prompts.text(`${question}, such as ${example}`, {
      ...(before === undefined ? {} : { preset: before }),
      check: (text) => isAddress(text) || `an http or https address, such as ${example}`,
    });
    before = url;
    const problem = await tryAddress(url);
    if (problem !== null && !(await prompts.yes(`${new URL(url).host}: ${problem}. Use it nevertheless?`, false))) continue;
    const { protocol, hostname } = new URL(url);
    if (protocol === 'https:' || isPrivateHost(hostname)) return { url };
    if (await prompts.yes('Over plain http the key can be read on its way through the public network. Allow it (insecure: true)?', false))
      return { url, insecure: true };
  }
}

async function askBonusServer(talk: Talk, url: string): Promise<string | null> {
  const where = await talk.prompts.choose('Where is the bonus server (ACC), which keeps the points?', [
    { value: 'same', name: 'on the same host' },
    { value: 'other', name: 'elsewhere' },
    { value: 'none', name: 'there is none, or points are not to be reconciled' },
  ]);
  if (where === 'none') return null;
  return where === 'same' ? url : (await askAddress(talk, 'Address of the bonus server', undefined, 'http://10.0.0.6:8080')).url;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!taken.has(free)) return free;
  }
}

/** Out of the environment where it is there, or asked for without showing it. */
async function secretOf({ invocation, prompts }: Talk, name: string, question: string): Promise<string> {
  const known = invocation.io.env[name];
  if (known !== undefined && known !== '') {
    invocation.io.err(`${name} is taken from the environment.\n`);
    return known;
  }
  return prompts.secret(question);
}

/** Shows what came of a trial, and where it failed asks what is to be done. */
async function settled({ invocation, prompts }: Talk, what: string, checks: readonly Check[]): Promise<'good' | 'again' | 'keep' | 'out'> {
  const mark = { good: picocolors.green('ok  '), note: picocolors.yellow('note'), bad: picocolors.red('BAD ') };
  for (const { state, detail, hint } of checks) {
    invocation.io.err(`${mark[state]}  ${escapeForTerminal(detail)}${hint === undefined ? '' : `\n      ${picocolors.dim(escapeForTerminal(hint))}`}\n`);
  }
  if (checks.every((check) => check.state !== 'bad')) return 'good';
  return prompts.choose(`${what} does not work yet.`, [
    { value: 'again', name: 'Answer again' },
    { value: 'keep', name: 'Keep the answers, and mend it later' },
    { value: 'out', name: 'Leave it out' },
  ]);
}
