/** What came of a save, as text: one line where all is well, faults and first differences otherwise. */
import picocolors from 'picocolors';
import type { CaseResult } from '../../../mappings/engine/cases.ts';
import type { Problem } from '../../../mappings/engine/problems.ts';
import type { FieldChange } from '../../console/mapping-compare.ts';
import type { Trial } from '../../console/mapping-try.ts';
import { failedCase, problemLine, shownValue } from './mapping-faults.ts';
import { count, table } from './table.ts';

/** Faults, failing cases and fields that are shown of one save. */
const MOST = 8;

export function trialText(trial: Trial): string {
  const failing = trial.cases.filter(({ passed }) => !passed);
  const good = trial.problems.length === 0 && failing.length === 0;
  const mark = good ? picocolors.green('ok ') : picocolors.red('BAD');
  const parts = [casesText(trial.cases, failing.length), changesText(trial)].filter((part) => part !== '');
  const head = `${mark} ${picocolors.bold(trial.mapping)}: ${trial.problems.length > 0 ? count(trial.problems.length, 'fault') : parts.join('; ')} ${picocolors.dim(`(${Math.round(trial.ms)} ms, ${trial.file})`)}`;
  return [head, ...problemLines(trial.problems), ...some(failing, (failed) => indented(failedCase(failed, MOST))), ...differences(trial)].join('\n');
}

export const problemLines = (problems: readonly Problem[]): string[] => some(problems, (problem) => `    ${problemLine(problem)}`);

const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join('\n');

function some<Item>(items: readonly Item[], text: (item: Item) => string): string[] {
  const left = items.length - MOST;
  return [...items.slice(0, MOST).map(text), ...(left > 0 ? [`    and ${left} more`] : [])];
}

function casesText(cases: readonly CaseResult[], failing: number): string {
  if (cases.length === 0) return 'no cases beside it';
  return failing === 0 ? `${count(cases.length, 'case')} hold` : `${failing} of ${count(cases.length, 'case')} fail`;
}

function changesText({ changes, against }: Trial): string {
  if (changes === null) return '';
  const all = count(changes.records, 'record');
  if (changes.read.length === 0 && changes.written.length === 0) return `${all} as with ${against}`;
  return changes.changed === 0
    ? `${all} read as with ${against}, and would be written otherwise`
    : `${count(changes.changed, 'record')} of ${all} read otherwise than with ${against}`;
}

function differences({ changes }: Trial): string[] {
  if (changes === null) return [];
  return [...fields('read', 'our field', changes.read), ...fields('written', 'wire field', changes.written)];
}

function fields(what: string, title: string, changes: readonly FieldChange[]): string[] {
  const rows = changes
    .slice(0, MOST)
    .flatMap((change) =>
      change.examples.map(({ key, before, after }, index) => [
        index === 0 ? change.field : '',
        index === 0 ? change.records : null,
        key,
        shown(before),
        shown(after),
      ]),
    );
  const text = table([title, 'records', 'such as', `${what} before`, `${what} now`], rows, { right: [1] });
  const more = changes.length - MOST;
  return text === '' ? [] : [indented(text.split('\n')), ...(more > 0 ? [`    and ${count(more, 'further field')}`] : [])];
}

function shown(value: unknown): string {
  if (value === undefined) return '(not said)';
  if (value === null) return '(empty)';
  if (typeof value === 'object' && 'unreadable' in value) return `UNREADABLE: ${String(value.unreadable)}`;
  return shownValue(value);
}
