/** The state of everything as tables. */
import type { Status } from '../../console/status.ts';
import { pendingText } from './pending.ts';
import { blocks, count, section, table, when } from './table.ts';

export function statusText(status: Status): string {
  const states = (rows: Status['records']): string => {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row.states)))];
    return table(
      ['system', 'stream', ...columns],
      rows.map((row) => [row.system, row.stream, ...columns.map((state) => row.states[state] ?? null)]),
      { right: columns.map((_, index) => index + 2) },
    );
  };
  const { lastRun, waiting } = status;
  const waits = [
    ...(waiting.refused > 0 ? [['changes refused by the vendor', waiting.refused, 'sverka plan --list, sverka apply --refused'] as const] : []),
    ...Object.entries(status.reviews).map(([kind, number]) => [`reviews: ${kind}`, number, 'sverka review list'] as const),
    ...(status.quarantined > 0 ? [['records set aside', status.quarantined, 'sverka quarantine list'] as const] : []),
  ];
  return blocks(
    section('Records', states(status.records)),
    section(
      'Entities',
      table(
        ['', 'count'],
        Object.entries(status.entities).map(([name, number]) => [name.replace('_', ' '), number]),
      ),
    ),
    section(
      'Last read (UTC)',
      table(
        ['system', 'reading', 'last page', 'last whole'],
        status.readings.map((one) => [one.system, one.reading, when(one.lastBatch), when(one.lastSnapshot)]),
      ),
    ),
    section('Changes not made (sverka plan --list)', states(status.operations)),
    section('What the systems cannot take (sverka plan --list)', states(status.unsupported)),
    section('Waits for a person', table(['what', 'count', 'look'], waits)),
    section('Waits for a later run', laterText(waiting)),
    section('Mappings edited, or shipped anew, and not in use', pendingText(status.pending)),
    lastRun === null ? 'no run yet: sverka sync' : `last run ${lastRun.id}: ${lastRun.job}, ${lastRun.state}, began ${when(lastRun.startedAt)} UTC`,
    freshText(status.fresh),
  );
}

function laterText(waiting: Status['waiting']): string {
  return [
    waiting.later > 0 ? `${count(waiting.later, 'change')} to be sent, or sent again after a refusal (sverka plan --list)` : '',
    waiting.unknown > 0 ? `${count(waiting.unknown, 'write')} without an answer, to be read back` : '',
    waiting.accepted > 0 ? `${count(waiting.accepted, 'write')} taken by the vendor and not confirmed: does what loads them there run?` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function freshText(fresh: Status['fresh']): string {
  const parts = [
    fresh.reviews > 0 ? count(fresh.reviews, 'review') : '',
    fresh.quarantined > 0 ? `${count(fresh.quarantined, 'record')} set aside` : '',
    fresh.runs > 0 ? `${count(fresh.runs, 'run')} that left something waiting` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing new for a person' : `new for a person: ${parts.join(', ')}; \`sverka status --ack\` says that it is known`;
}
