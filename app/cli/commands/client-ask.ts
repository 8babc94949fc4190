/** `sverka client ask`: what a vendor itself says of a client now. */
import { Command, Option } from 'commander';
import type { Probe, WireBody } from '../../../core/contract.ts';
import { ConfigError } from '../../../core/errors.ts';
import type { Asked } from '../../console/ask.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withStore } from '../session.ts';

interface AskOptions {
  readonly key?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly reference?: string;
  readonly card?: string;
  readonly password?: boolean;
  readonly withPhone?: 'yes' | 'no';
  readonly withEmail?: 'yes' | 'no';
  readonly code?: string;
}

const yesNo = (flags: string, what: string): Option => new Option(flags, what).choices(['yes', 'no']);

export function askCommand(run: Runner): Command {
  return withExample(
    new Command('ask')
      .description('Ask a system itself, past what is stored; nothing is kept of the answer.')
      .argument('<system>', 'name of the system')
      .option('--key <key>', "the vendor's own key")
      .option('--phone <phone>', 'a phone')
      .option('--email <address>', 'an e-mail address')
      .option('--reference <text>', 'our reference, or the number in another program')
      .option('--card <number>', 'the number of a card')
      .option('--password', "the client's password at the vendor, or the checksum of it (it is asked for)")
      .addOption(yesNo('--with-phone <yes|no>', 'all who have a phone, or have none (masked unless --show-personal)'))
      .addOption(yesNo('--with-email <yes|no>', 'all who have an e-mail address, or have none (masked unless --show-personal)'))
      .option('--code <code>', 'the SMS code that reading Lotinfo needs')
      .action(run(ask)),
    'sverka client ask shop --phone +79131234567',
    'sverka client ask shop --with-email no --with-phone yes',
  );
}

async function ask(invocation: Invocation, system: string, options: AskOptions): Promise<Answer> {
  const settings = options.code === undefined ? {} : { code: options.code };
  return withStore(invocation, { schema: 'needed', settings }, async ({ loaded, log, store }) => {
    const { askSystem } = await import('../../console/ask.ts');
    const probe = await probeOf(invocation, options);
    const question = (text: string): Promise<string | null> => invocation.io.ask(`${text}: `);
    const asked = await askSystem(loaded, system, probe, { log, store, signal: invocation.signal, ask: question });
    // Who has a phone is a list of people, not a question about one.
    const shown = invocation.options.showPersonal || isAboutOne(probe) ? asked : await masked(asked);
    return { code: asked.records.length > 0 ? 0 : 1, data: shown, text: await textOf(shown, shown !== asked) };
  });
}

const isAboutOne = ({ hasPhone: _phone, hasEmail: _email, ...ways }: Probe): boolean => Object.keys(ways).length > 0;

async function masked(asked: Asked): Promise<Asked> {
  const { maskBody } = await import('../../console/mask.ts');
  return { ...asked, records: asked.records.map((record) => ({ ...record, fields: maskBody(record.fields) as WireBody })) };
}

async function probeOf(invocation: Invocation, options: AskOptions): Promise<Probe> {
  const { key, phone, email, reference, card, withPhone, withEmail } = options;
  const probe: Probe = {
    ...(key === undefined ? {} : { key }),
    ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }),
    ...(reference === undefined ? {} : { reference }),
    ...(card === undefined ? {} : { cardNumber: card }),
    ...(withPhone === undefined ? {} : { hasPhone: withPhone === 'yes' }),
    ...(withEmail === undefined ? {} : { hasEmail: withEmail === 'yes' }),
    ...(options.password === true ? { password: await passwordFrom(invocation) } : {}),
  };
  if (Object.keys(probe).length === 0)
    throw new ConfigError('CONFIG_USAGE', 'say whom to ask about', { hint: 'With --key, --phone, --email, --reference or --card: sverka client ask --help' });
  return probe;
}

/** Never an argument: those are seen by everybody on the machine. */
async function passwordFrom(invocation: Invocation): Promise<string> {
  const typed = await invocation.io.ask('Password, or its checksum: ', { hidden: true });
  if (typed === null || typed === '') throw new ConfigError('CONFIG_USAGE', 'no password was given', { hint: 'It is asked for on the terminal.' });
  return typed;
}

async function textOf(asked: Asked, isMasked: boolean): Promise<string> {
  const { blocks, section, table } = await import('../output/table.ts');
  const rows = asked.records.flatMap(({ stream, key, deleted, fields }) =>
    Object.entries(fields)
      .filter(([, value]) => value !== null && value !== '' && JSON.stringify(value) !== '[]')
      .map(([field, value], index) => [
        index === 0 ? stream : '',
        index === 0 ? `${key}${deleted ? ' (deleted)' : ''}` : '',
        field,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
  );
  const unusable = asked.unusable.map((one) => [one.stream, one.key, one.field, one.rule]);
  return blocks(
    table(['stream', 'key', 'field', 'value'], rows) || 'nobody was found',
    section('Not in the documented form', table(['stream', 'key', 'field', 'rule'], unusable)),
    isMasked && rows.length > 0 ? 'Values are masked: --show-personal shows them.' : '',
    asked.cut ? 'There are more: this is where the look-up stops.' : '',
  );
}
