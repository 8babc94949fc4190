/** `sverka mapping history` and `sverka mapping diff`: what was in use, and what is otherwise. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { OF_STREAM, parseNumber, streamScope } from '../options.ts';
import { withStore } from '../session.ts';

export function historyCommand(run: Runner): Command {
  const command = new Command('history')
    .description('Every version of the mappings that was ever in use, newest first.')
    .argument(...OF_STREAM)
    .option('--limit <n>', 'at most so many', parseNumber, 50);
  return withExample(command.action(run(history)), 'sverka mapping history', 'sverka mapping history shop/clients');
}

export function diffCommand(run: Runner): Command {
  const command = new Command('diff')
    .description('Two versions of a mapping, line by line: what is active against what is on the disk, or versions by their numbers.')
    .argument(...OF_STREAM)
    .argument('[version]', 'a number of `history`, or `disk`')
    .argument('[version]', 'the other one; `disk` when silent');
  return withExample(command.action(run(diff)), 'sverka mapping diff', 'sverka mapping diff shop/clients 3 7');
}

async function history(invocation: Invocation, of: string | undefined, options: { readonly limit: number }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store }) => {
    const { mappingHistory } = await import('../../console/mapping-life.ts');
    const { historyText } = await import('../output/activation.ts');
    const entries = await mappingHistory(store, { ...streamScope(of, loaded.config), limit: options.limit });
    return { code: 0, data: entries, text: historyText(entries) || 'no mapping was activated yet: the first sync activates what it finds' };
  });
}

async function diff(invocation: Invocation, of: string | undefined, from: string | undefined, to: string | undefined): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store, setup }) => {
    const { mappingDiffs } = await import('../../console/mapping-diff.ts');
    const scope = streamScope(of, loaded.config);
    const versions = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const diffs = await mappingDiffs(store, await setup(), loaded, { ...scope, ...versions });
    const text = diffs.map((one) => one.text).filter((one) => one !== '');
    return { code: 0, data: diffs, text: text.length === 0 ? 'they are the same' : text.join('\n\n') };
  });
}
