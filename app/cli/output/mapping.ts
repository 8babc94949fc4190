/** Checks of mappings as text. */
import picocolors from 'picocolors';
import type { MappingCheck } from '../../console/mapping-check.ts';
import { failedCase, lossTable, problemLine } from './mapping-faults.ts';
import { blocks, count, section, table } from './table.ts';

export function mappingCheckText(checks: readonly MappingCheck[], withLoss: boolean): string {
  const rows = checks.map((one) => [one.system, one.stream, stateOf(one), one.cases.length, one.lines.length, one.file]);
  const messages = checks.flatMap((one) => [
    ...one.problems.map(problemLine),
    ...one.cases.filter(({ passed }) => !passed).map((failed) => failedCase(failed).join('\n')),
    ...findingsOf(one),
  ]);
  const seed = checks.find((one) => one.seed !== null)?.seed;
  return blocks(
    table(['system', 'stream', 'mapping', 'cases', 'lines', 'file'], rows, { right: [3, 4], maxWidth: 100 }),
    ...checks.map(sharesOf),
    ...(withLoss ? checks.map(({ system, stream, losses }) => section(`${system}/${stream}: what is lost`, lossTable(losses))) : []),
    [...new Set(messages)].join('\n'),
    seed === undefined ? '' : picocolors.dim(`values generated from seed ${seed}; --seed ${seed} makes the same ones`),
  );
}

function stateOf({ problems, cases, findings }: MappingCheck): string {
  const failed = cases.filter((result) => !result.passed).length;
  const faults = findings.filter(({ severity }) => severity === 'fault').length;
  if (problems.length > 0) return 'broken';
  const parts = [failed > 0 ? count(failed, 'case fails', 'cases fail') : '', faults > 0 ? count(faults, 'fault') : ''].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'right';
}

/** When a record changed, or was made: only read, and all the rest of it is dated by it. */
const isTime = ({ field }: MappingCheck['lines'][number]): boolean => field === 'changedAt' || field === 'createdAt';

/** The share of generated values that a line keeps exactly. Lines that are only read have none that matters. */
function sharesOf({ system, stream, lines, findings }: MappingCheck): string {
  const shown = lines.filter((line) => line.excused === null || line.excused.startsWith('the table') || isTime(line));
  const bad = new Set(findings.filter(({ rule }) => rule === 'share').map(({ field }) => field));
  const rows = shown.map((line) => [
    line.field,
    line.wire,
    line.codec,
    (isTime(line) ? null : line.excused) ??
      (line.tried === 0 ? '' : `${Math.floor((100 * line.inside) / line.tried)} %${bad.has(line.field) ? ' (too few)' : ''}`),
    line.line,
  ]);
  const rest = lines.length - shown.length;
  const title = `${system}/${stream}: share of generated values that is kept exactly${rest === 0 ? '' : `; ${count(rest, 'further line')} read or written only`}`;
  return section(title, table(['field', 'wire', 'codec', 'exact', 'line'], rows, { right: [3, 4], maxWidth: 60 }));
}

function findingsOf({ findings }: MappingCheck): readonly string[] {
  return findings.map(({ severity, rule, file, line, column, field, message, hint, example }) => {
    const head = severity === 'fault' ? picocolors.red(`FAULT ${rule}`) : picocolors.yellow(`note ${rule}`);
    const lines = [`${head} ${file}:${line}:${column}: ${field === null ? '' : `${field}: `}${message}`];
    if (example !== null) lines.push(`    example: ${example.value} → ${example.wire}${example.back === '' ? '' : ` → ${example.back}`}`);
    return [...lines, `    ${picocolors.dim(hint)}`].join('\n');
  });
}
