/** `sverka quarantine`: records set aside. */
import { Command } from 'commander';
import type { QuarantineItem } from '../../console/quarantine.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { notFound } from './runs.ts';

export function quarantineCommand(run: Runner): Command {
  const command = new Command('quarantine').description('Records that could not be used, with the reason.');
  command.addCommand(
    withExample(
      new Command('list').description('What is set aside now.').option('--limit <n>', 'how many', parseNumber, 100).action(run(list)),
      'sverka quarantine list',
    ),
  );
  command.addCommand(
    withExample(
      new Command('show')
        .description('One record: reason, place in the mapping, body as it arrived (values masked unless --show-personal).')
        .argument('<id>', 'number', parseNumber)
        .action(run(show)),
      'sverka quarantine show 1',
    ),
  );
  command.addCommand(
    withExample(
      new Command('replay')
        .description('Read records that are set aside once more, after the mapping was mended.')
        .argument('[ids...]', 'numbers; all when none is given')
        .action(run(replay)),
      'sverka quarantine replay',
    ),
  );
  return withExample(command, 'sverka quarantine list');
}

async function list(invocation: Invocation, options: { readonly limit: number }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store }) => {
    const { quarantineList } = await import('../../console/quarantine.ts');
    const { table, when } = await import('../output/table.ts');
    const items = await quarantineList(store.db, options.limit);
    const rows = items.map((one) => [String(one.id), one.system, one.stream, one.key, one.code, one.field, one.rule, when(one.lastAt)]);
    return {
      code: 0,
      data: items,
      text: table(['id', 'system', 'stream', 'key', 'code', 'field', 'expected', 'last seen (UTC)'], rows) || 'nothing is set aside',
    };
  });
}

async function show(invocation: Invocation, id: number): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store }) => {
    const { quarantineItem } = await import('../../console/quarantine.ts');
    const { maskBody } = await import('../../console/mask.ts');
    const { table, blocks, section, when } = await import('../output/table.ts');
    const { escapeForTerminal } = await import('../../../core/redact.ts');
    const found = await quarantineItem(store.db, id);
    if (found === null) throw notFound(`there is nothing with the number ${id} in quarantine`);
    const body = invocation.options.showPersonal ? found.body : maskBody(found.body);
    const facts = table(
      ['', ''],
      [
        ['record', `${found.system}/${found.stream}/${found.key}`],
        ['field', found.field],
        ['expected', found.rule],
        ['mapping', found.place],
        ['what to do', remedy(found)],
        ['state', found.state],
        ['first seen', when(found.firstAt)],
        ['last seen', when(found.lastAt)],
      ],
      { maxWidth: 160 },
    );
    const text = blocks(facts, section('Body', JSON.stringify(body, null, 2).split('\n').map(escapeForTerminal).join('\n')));
    return { code: 0, data: { ...found, body }, text };
  });
}

/** A record is mended in its system, or the mapping is; one that is mended there is read again by itself. */
function remedy({ id, system, key, place, state }: QuarantineItem): string {
  if (state !== 'open') return 'nothing: it is no longer set aside';
  const record = `mend record ${key} in ${system}, which the next sync reads`;
  return place === null ? record : `${record}; or, if the record is right, mend the line of the mapping and run \`sverka quarantine replay ${id}\``;
}

async function replay(invocation: Invocation, given: readonly string[]): Promise<Answer> {
  const ids = given.map(parseNumber);
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { replay: replayAll } = await import('../../console/replay.ts');
    const result = await replayAll(session.store, await session.setup(), ids.length === 0 ? null : ids);
    return {
      code: 0,
      data: result,
      text: `${result.cured} can be read now, ${result.still} still cannot. The next \`sverka sync\` acts on it.`,
    };
  });
}
