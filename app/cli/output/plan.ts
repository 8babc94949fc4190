/** A plan as tables. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { PlanList } from '../../console/plan.ts';
import { countsOf } from './report.ts';
import { blocks, section, table } from './table.ts';

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
    return [head, ...(item.why === null ? [] : [picocolors.yellow(`    ${escapeForTerminal(item.why)}`)]), ...changes].join('\n');
  });
  const all = list.counts.reduce((sum, one) => sum + one.count, 0);
  return blocks(
    section('Proposed or held', counts),
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
