/** `sverka client split` and `join`: a person says who is who. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { Saying } from '../../../pipeline/part-and-join.ts';
import type { Preview } from '../../console/identity.ts';
import { confirmed } from '../confirm.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { type StoreSession, withStore } from '../session.ts';

interface SayOptions {
  readonly yes: boolean;
  readonly note?: string;
}

const withOptions = (command: Command): Command => command.option('--note <text>', 'why, for those who ask later').option('-y, --yes', 'do not ask', false);

export function splitCommand(run: Runner): Command {
  return withExample(
    withOptions(
      new Command('split')
        .description('These records are one client, and the others of their client are another; the next sync acts on it.')
        .argument('<records...>', 'records as SYSTEM/KEY, see `client explain`'),
    ).action(run(split)),
    'sverka client split tills/4711 --note namesakes --yes',
  );
}

export function joinCommand(run: Runner): Command {
  return withExample(
    withOptions(
      new Command('join')
        .description('Two clients are one; the next sync acts on it.')
        .argument('<a>', 'number of a client', parseNumber)
        .argument('<b>', 'number of another', parseNumber),
    ).action(run(join)),
    'sverka client join 1 2 --yes',
  );
}

async function split(invocation: Invocation, names: readonly string[], options: SayOptions): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { recordCalled } = await import('../../console/identity.ts');
    const { sayApart } = await import('../../../pipeline/part-and-join.ts');
    const setup = await session.setup();
    const ids: number[] = [];
    for (const name of names) ids.push(await recordCalled(session.store, setup, name));
    return carryOut(invocation, session, await sayApart(session.store, ids), options);
  });
}

async function join(invocation: Invocation, a: number, b: number, options: SayOptions): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { sayOne } = await import('../../../pipeline/part-and-join.ts');
    return carryOut(invocation, session, await sayOne(session.store, a, b), options);
  });
}

async function carryOut(invocation: Invocation, session: StoreSession, saying: Saying, options: SayOptions): Promise<Answer> {
  const { previewOf } = await import('../../console/identity.ts');
  const { say } = await import('../../../pipeline/part-and-join.ts');
  const setup = await session.setup();
  const preview = await previewOf(session.store, setup, saying);
  const text = await previewText(preview);
  if (!(await confirmed(invocation, text, 'Is it so?', options.yes))) return { code: 0, data: { ...preview, said: false }, text: 'nothing was decided' };
  await say(session.store, setup, saying, userInfo().username, options.note ?? null);
  return { code: 0, data: { ...preview, said: true }, text: `${text}\nThe next \`sverka sync\` acts on it.` };
}

async function previewText({ clients, sides }: Preview): Promise<string> {
  const { escapeForTerminal } = await import('../../../core/redact.ts');
  const { recordName } = await import('../../console/identity.ts');
  const parted = sides.length > 1;
  const head = parted
    ? `client ${clients.join(', ')} is parted; what we pushed from the one into records of the other is taken back`
    : `clients ${clients.join(' and ')} become client ${Math.min(...clients)}`;
  const lines = sides.flatMap(({ records, missing, twice }, n) => [
    `  ${parted ? (n === 0 ? 'stays: ' : 'goes:  ') : ''}${records.map((one) => `${escapeForTerminal(recordName(one))}${one.state === 'live' ? '' : ` (${one.state})`}`).join(', ')}`,
    ...(missing.length > 0 ? [`    is not in ${missing.join(', ')}: may be created there`] : []),
    ...(twice.length > 0 ? [`    has more than one record in ${twice.join(', ')}`] : []),
  ]);
  return [head, ...lines].join('\n');
}
