/** A run's report as tables. */
import picocolors from 'picocolors';
import { isClosedCode } from '../../../pipeline/closed.ts';
import type { OperationCounts, RunReport, Waiting } from '../../../pipeline/report.ts';
import { pendingText } from './pending.ts';
import { blocks, type Cell, count, seconds, section, table } from './table.ts';

const STATE_PAINT = {
  done: picocolors.green,
  waiting: picocolors.yellow,
  failed: picocolors.red,
  interrupted: picocolors.red,
};

/** What happened per system and stream, who was matched, what changed where, what waits and why. */
export function reportText(report: RunReport): string {
  return blocks(
    section('Mappings', mappingsText(report)),
    section('Read', readingsTable(report)),
    section('Who is who', resolvedText(report)),
    section(report.job === 'plan' || report.job === 'migrate' ? 'What would change where' : 'What changed where', operationsTable(report.operations)),
    section('Fields', fieldsTable(report.operations)),
    section('What a system cannot take (listed once)', unsupportedTable(report.operations)),
    section('What waits, and why', waitingText(report)),
    section(
      'Problems',
      report.problems.map((one) => `${picocolors.red(one.code)} ${one.system ?? ''}: ${one.message}\n  ${picocolors.dim(one.hint)}`).join('\n'),
    ),
    summary(report),
  );
}

/** What was put into use because nothing was, and what was edited and is not in use. */
function mappingsText({ mappings }: RunReport): string {
  const { activated, changed, pending } = mappings;
  const streams = activated.map(({ system, stream }) => `${system}/${stream}`).join(', ');
  const first = activated.length === 0 ? '' : `${count(activated.length, 'mapping')} found and put into use, as none was: ${streams} (sverka mapping history)`;
  const since = changed.map((one) => `activation ${one.activation} (${one.mappings.join(', ')}) was ${one.what} since the run before`);
  return [first, ...since, pendingText(pending)].filter((line) => line !== '').join('\n');
}

function readingsTable(report: RunReport): string {
  const rows = report.readings.flatMap((reading): Cell[][] => {
    const streams = Object.entries(reading.streams);
    const how = reading.code === undefined ? reading.result : `${reading.result}: ${reading.code}`;
    if (streams.length === 0) return [[reading.system, reading.reading, how, null, null, null, null, null, null, null]];
    return streams.map(([stream, counts]) => [
      reading.system,
      stream,
      how,
      counts.read,
      counts.added,
      counts.changed,
      counts.unchanged,
      counts.quarantined,
      counts.missing,
      counts.deleted,
    ]);
  });
  const counts = table(['system', 'stream', 'reading', 'read', 'new', 'changed', 'same', 'set aside', 'missing', 'deleted'], rows, {
    right: [3, 4, 5, 6, 7, 8, 9],
  });
  const partial = report.readings
    .filter((reading) => reading.result === 'partial')
    .map((one) => picocolors.yellow(`${one.system} ${one.reading}: ${one.message ?? 'not whole'}`));
  const closed = report.readings
    .filter((reading) => reading.result === 'skipped' && isClosedCode(reading.code))
    .map((one) => picocolors.yellow(`${one.message ?? ''}. ${one.hint ?? ''}`));
  return [counts, ...partial, ...report.readings.flatMap(facetTroubles), ...new Set(closed)].join('\n');
}

function facetTroubles({ system, facets = [] }: RunReport['readings'][number]): string[] {
  return facets.map(({ stream, facet, failed, ended }) => {
    const each = Object.entries(failed).map(([code, number]) => `not read of ${count(number, 'record')}: ${code}`);
    const rest = ended === undefined ? [] : [`${count(ended.left, 'record')} left to a later run: ${ended.code}`];
    return picocolors.yellow(`${system} ${stream} ${facet}: ${[...each, ...rest].join('; ')}`);
  });
}

function resolvedText(report: RunReport): string {
  const { resolved } = report;
  const { clients, cards, cardTypes } = resolved;
  const entities = table(
    ['', 'new', 'changed', 'same', 'merged'],
    [
      ['clients', clients.created, clients.changed, clients.unchanged, clients.merged],
      ['cards', cards.created, cards.changed, cards.unchanged, null],
      ['card types', cardTypes.created, cardTypes.changed, cardTypes.unchanged, null],
    ].filter((row) => row.slice(1).some((cell) => typeof cell === 'number' && cell > 0)),
    { right: [1, 2, 3, 4] },
  );
  const links = Object.entries(resolved.links).filter(([, number]) => number > 0);
  const linked = links.length === 0 ? '' : `linked by ${links.map(([rule, number]) => `${rule}: ${number}`).join(', ')}`;
  const moved = resolved.movements === 0 ? '' : `${count(resolved.movements, 'bonus movement')} booked, ${(resolved.moved / 100).toFixed(2)} points in sum`;
  return [entities, linked, moved].filter((line) => line !== '').join('\n');
}

const STATES = ['applied', 'unchanged', 'accepted', 'proposed', 'held', 'rejected', 'unknown', 'retry', 'ready', 'stale', 'withdrawn'] as const;

function operationsTable(operations: readonly OperationCounts[]): string {
  const used = STATES.filter((state) => operations.some((one) => (one.states[state] ?? 0) > 0));
  const others = [...new Set(operations.flatMap((one) => Object.keys(one.states)))].filter(
    (state) => state !== 'unsupported' && !(STATES as readonly string[]).includes(state),
  );
  const columns = [...used, ...others];
  const rows = operations.filter((one) => columns.some((state) => (one.states[state] ?? 0) > 0));
  return table(
    ['system', 'stream', 'action', ...columns],
    rows.map((one) => [one.system, one.stream, one.action, ...columns.map((state) => one.states[state] ?? null)]),
    { right: columns.map((_, index) => index + 3) },
  );
}

function fieldsTable(operations: readonly OperationCounts[]): string {
  const rows = operations.filter((one) => Object.keys(one.fields).length > 0).map((one) => [one.system, one.stream, one.action, countsOf(one.fields)]);
  return table(['system', 'stream', 'action', 'fields, with how many operations change each'], rows, { maxWidth: 110 });
}

/** Fields with their counts, the most frequent first. */
export function countsOf(fields: Readonly<Record<string, number>>): string {
  return Object.entries(fields)
    .sort((a, b) => b[1] - a[1])
    .map(([field, number]) => `${field} ${number}`)
    .join(', ');
}

function unsupportedTable(operations: readonly OperationCounts[]): string {
  const rows = operations.flatMap((one) => Object.entries(one.unsupported).map(([why, fields]) => [one.system, one.stream, why, countsOf(fields)]));
  return table(['system', 'stream', 'reason', 'fields, with how many records differ in each'], rows, { maxWidth: 80 });
}

function waitingText(report: RunReport): string {
  const reasons = table(
    ['system', 'stream', 'action', 'reason', 'operations'],
    report.operations.flatMap((one) => Object.entries(one.reasons).map(([reason, number]) => [one.system, one.stream, one.action, reason, number])),
    { right: [4], maxWidth: 80 },
  );
  return [reasons, waitingLine(report.waiting)].filter((line) => line !== '').join('\n');
}

/** How to look at each kind of thing that waits. */
function waitingLine(waiting: Waiting): string {
  const parts = [
    waiting.proposed > 0 ? `${count(waiting.proposed, 'proposed change')} (sverka plan --list, sverka apply)` : '',
    waiting.held > 0 ? `${count(waiting.held, 'held change')} (sverka plan --list)` : '',
    waiting.refused > 0 ? `${count(waiting.refused, 'change')} refused by the vendor (sverka plan --list, sverka apply --refused)` : '',
    waiting.later > 0 ? `${count(waiting.later, 'change')} for a later run to send (sverka plan --list)` : '',
    waiting.unknown > 0 ? `${count(waiting.unknown, 'write')} without an answer: the next run reads back what became of them` : '',
    waiting.accepted > 0 ? `${count(waiting.accepted, 'write')} taken by the vendor and not confirmed: does what loads them there run?` : '',
    waiting.reviews > 0 ? `${count(waiting.reviews, 'review')} (sverka review list)` : '',
    waiting.quarantined > 0 ? `${count(waiting.quarantined, 'record')} set aside (sverka quarantine list)` : '',
  ].filter((part) => part !== '');
  return parts.join('\n');
}

function summary(report: RunReport): string {
  const state = STATE_PAINT[report.state](report.state);
  const dry = report.dry ? ', dry: nothing was kept' : '';
  const fresh = report.waiting.fresh > 0 ? `, ${report.waiting.fresh} new for a person` : '';
  return `run ${report.runId} ${report.job}: ${state} in ${seconds(report.ms)}, ${count(report.delivered, 'write')} to vendors${fresh}${dry}`;
}

/** Neither a write to a vendor nor a canonical change. */
export function isSilent(report: RunReport): boolean {
  const { clients, cards, cardTypes, movements } = report.resolved;
  const changes = [
    clients.created,
    clients.changed,
    clients.merged,
    cards.created,
    cards.changed,
    cardTypes.created,
    cardTypes.changed,
    movements,
    report.delivered,
  ];
  return report.state !== 'failed' && report.state !== 'interrupted' && changes.every((number) => number === 0);
}
