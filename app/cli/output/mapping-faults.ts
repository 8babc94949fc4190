/** Faults of mapping files, cases that fail and losses, as every command about mappings shows them. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { CaseDifference, CaseResult } from '../../../mappings/engine/cases.ts';
import type { Problem } from '../../../mappings/engine/problems.ts';
import type { LossEntry } from '../../../mappings/engine/proof/loss.ts';
import { table } from './table.ts';

export const problemLine = ({ code, file, line, column, message }: Problem): string =>
  `${picocolors.red(code)} ${escapeForTerminal(`${file}:${line}:${column}: ${message}`)}`;

const WHERE: Readonly<Record<CaseDifference['where'], string>> = { values: 'read', problem: 'problem', wire: 'written', losses: 'lost' };

/** What was expected and what came, field by field; so many differences at the most. */
export function failedCase({ file, line, name, differences }: CaseResult, most = Number.POSITIVE_INFINITY): string[] {
  const shown = differences.slice(0, most);
  const width = Math.max(0, ...shown.map(({ where, field }) => WHERE[where].length + field.length + 1));
  const lines = shown.flatMap(({ where, field, expected, actual }) => {
    const label = `${WHERE[where]} ${field}`.padEnd(width);
    return [
      `    ${escapeForTerminal(label)}  ${picocolors.green(`expected  ${escapeForTerminal(expected)}`)}`,
      `    ${' '.repeat(width)}  ${picocolors.red(`got       ${escapeForTerminal(actual)}`)}`,
    ];
  });
  const left = differences.length - shown.length;
  const head = `${picocolors.red('MAPPING_CASE_FAILED')} ${escapeForTerminal(`${file}:${line}: ${name}`)}`;
  return [head, ...lines, ...(left > 0 ? [`    and ${left} more`] : [])];
}

/** What is lost, both ways; empty where nothing is. */
export function lossTable(losses: readonly LossEntry[]): string {
  const rows = losses.map((one) => [one.way === 'write' ? 'written' : 'read', one.field, one.kind, one.detail, one.line]);
  return table(['when', 'field', 'kind', 'loss', 'line'], rows, { right: [4], maxWidth: 100 });
}

/** A value of a record: texts as they stand, unless that would show nothing. */
export const shownValue = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));
