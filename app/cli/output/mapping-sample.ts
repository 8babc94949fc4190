/** Sample records and what a mapping makes of them, as text. */
import type { SampleCell, SampleRecord, SampleView } from '../../console/mapping-sample.ts';
import { shownValue } from './mapping-faults.ts';
import { blocks, count, section, table, when } from './table.ts';

export function sampleText(view: SampleView, showPersonal: boolean): string {
  const summary = table(
    ['field', 'filled', 'empty', 'not said', 'unreadable', 'lossy', 'why unreadable'],
    view.fields.map((one) => [one.field, one.filled, one.empty, one.notSaid, one.unreadable, one.lossy, one.rules.join('; ')]),
    { right: [1, 2, 3, 4, 5], maxWidth: 80 },
  );
  const bad = [
    view.broken > 0 ? `${count(view.broken, 'record')} not as the wire schema says` : '',
    view.unreadable > 0 ? `${count(view.unreadable, 'record')} with a field that cannot be read: these would go to quarantine` : '',
    view.miswritten > 0 ? `${count(view.miswritten, 'record')} would not be as the wire schema says once their values are written` : '',
  ];
  const left = view.records - view.shown.length;
  return blocks(
    ...view.shown.map((record, index) => recordText(record, index)),
    left > 0 ? `and ${count(left, 'further record')}, counted below (--sample ${view.records} shows all)` : '',
    section(`${count(view.records, 'record')} by ${view.file}`, summary),
    [...bad.filter((line) => line !== ''), showPersonal ? '' : 'Values of people are masked; --show-personal shows them.']
      .filter((line) => line !== '')
      .join('\n'),
  );
}

function recordText(record: SampleRecord, index: number): string {
  const times = [
    record.changedAt === null ? '' : `changed ${when(record.changedAt)} UTC`,
    record.createdAt === null ? '' : `made ${when(record.createdAt)} UTC`,
  ].filter((part) => part !== '');
  const title = [`Record ${index + 1}`, record.key === '' ? 'without a key' : `key ${record.key}`, ...times].join(', ');
  const rows = record.cells.map((cell) => [
    cell.wire,
    'said' in cell ? shownValue(cell.said) : cell.wire === null ? '' : '(not said)',
    cell.field,
    readAs(cell),
    writtenAs(cell),
  ]);
  const losses = record.losses.filter((loss) => loss.detail !== 'read only').map((loss) => `  lost when written: ${loss.field}: ${loss.kind}, ${loss.detail}`);
  const breaks = [
    ...(record.breaks === null ? [] : [`  not as the wire schema says: ${record.breaks.field || 'the record'}: ${record.breaks.rule}`]),
    ...(record.miswritten === null ? [] : [`  as written, not as the wire schema says: ${record.miswritten.field || 'the record'}: ${record.miswritten.rule}`]),
  ];
  return section(
    title,
    [table(['wire field', 'in the record', 'our field', 'read as', 'written as'], rows, { right: [], maxWidth: 60 }), ...losses, ...breaks].join('\n'),
  );
}

function readAs(cell: SampleCell): string {
  if (cell.problem !== undefined) return `UNREADABLE: ${cell.problem}`;
  if (cell.only === 'push') return '(never read)';
  if (cell.field === null) return '';
  return 'value' in cell ? (cell.value === null ? '(empty)' : shownValue(cell.value)) : '(not said)';
}

function writtenAs(cell: SampleCell): string {
  if (cell.only === 'pull') return cell.wire === null ? '' : '(never written)';
  return 'written' in cell ? shownValue(cell.written) : '';
}
