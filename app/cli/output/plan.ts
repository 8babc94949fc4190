/** A plan as tables. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { PlanItem, PlanList } from '../../console/plan.ts';
import { countsOf } from './report.ts';
import { blocks, count, section, table, when } from './table.ts';

export function planText(list: PlanList): string {
  const counts = table(
    ['system', 'stream', 'action', 'state', 'count', 'fields'],
    list.counts.map((one) => [one.system, one.stream, one.action, one.state, one.count, countsOf(one.fields)]),
    { right: [4], maxWidth: 90 },
  );
  const examples = list.examples.map((item) => {
    const head = `${picocolors.bold(String(item.id))} ${item.state}: ${item.action} ${item.system}/${item.stream}${item.key === null ? '' : `/${item.key}`} (${item.entity})`;
    const changes = item.changes.map(
      (one) => `    ${one.field}: ${escapeForTerminal(one.before) || picocolors.dim('(empty)')} → ${escapeForTerminal(one.after) || picocolors.dim('(empty)')}`,
    );
    const remarks = [item.why ?? '', refusedText(item)].filter((text) => text !== '');
    return [head, ...remarks.map((text) => picocolors.yellow(`    ${escapeForTerminal(text)}`)), ...changes].join('\n');
  });
  const all = list.counts.reduce((sum, one) => sum + one.count, 0);
  return blocks(
    section('Not made yet', counts),
    section(
      'What the systems cannot take',
      table(
        ['system', 'stream', 'records', 'fields, with how many records differ in each'],
        list.unsupported.map((one) => [one.system, one.stream, one.count, countsOf(one.fields)]),
        { right: [2], maxWidth: 90 },
      ),
    ),
    section(examples.length < all ? `The first ${examples.length} of ${all}` : 'All of them', examples.join('\n')),
  );
}

/** What becomes of a refused operation. */
function refusedText({ id, state, attempts, again }: PlanItem): string {
  if (state !== 'rejected') return '';
  const often = `refused after ${count(attempts, 'attempt')}`;
  return again === null ? `${often}; it waits for you: sverka apply ${id}` : `${often}; the first run after ${when(again)} UTC sends it again`;
}
