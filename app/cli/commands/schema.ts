/** `sverka schema`: the version of the database's tables. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withStore } from '../session.ts';

export function schemaCommand(run: Runner): Command {
  const command = new Command('schema').description("The version of the database's tables.");
  command.addCommand(
    withExample(
      new Command('status').description('Which version the database has, and which this installation needs.').action(run(status)),
      'sverka schema status',
    ),
  );
  command.addCommand(
    withExample(
      new Command('up').description('Bring the tables to the version of this installation. Safe to start twice.').action(run(up)),
      'sverka schema up',
    ),
  );
  return withExample(command, 'sverka schema status');
}

async function status(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'any' }, async ({ store }) => {
    const { schemaStatus } = await import('../../../canonical/schema/up.ts');
    const found = await schemaStatus(store);
    const next = {
      empty: '; `sverka schema up` makes the tables',
      old: '; run `sverka schema up`',
      current: '',
      new: '; made by a newer Sverka: upgrade this installation',
    }[found.state];
    return {
      code: found.state === 'current' || found.state === 'empty' ? 0 : 1,
      data: found,
      text: `schema version ${found.current} of ${found.known}: ${found.state}${next}`,
    };
  });
}

async function up(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'any' }, async ({ store }) => {
    const [{ schemaUp }, { systemClock }] = await Promise.all([import('../../../canonical/schema/up.ts'), import('../../adapters/clock.ts')]);
    const applied = (await schemaUp(store, systemClock)).map(({ number, name }) => ({ number, name }));
    return {
      code: 0,
      data: { applied },
      text:
        applied.length === 0
          ? 'nothing to do: the tables have the version of this installation'
          : applied.map(({ number, name }) => `version ${number}: ${name}`).join('\n'),
    };
  });
}
