/** Checks of mappings as text. */
import picocolors from 'picocolors';
import type { MappingCheck } from '../../console/mapping.ts';
import { blocks, table } from './table.ts';

export function mappingCheckText(checks: readonly MappingCheck[]): string {
  const rows = checks.map((one) => {
    const failed = one.cases.filter((result) => !result.passed).length;
    const state = one.problems.length > 0 ? 'broken' : failed > 0 ? `${failed} cases fail` : 'right';
    return [one.system, one.stream, state, one.cases.length, one.file];
  });
  const problems = checks.flatMap((one) =>
    one.problems.map((problem) => `${picocolors.red(problem.code)} ${problem.file}:${problem.line}:${problem.column}: ${problem.message}`),
  );
  const cases = checks.flatMap((one) =>
    one.cases
      .filter((result) => !result.passed)
      .map((result) =>
        [
          `${picocolors.red('MAPPING_CASE_FAILED')} ${result.file}:${result.line}: ${result.name}`,
          ...result.differences.map((difference) => `    ${difference.where} ${difference.field}: expected ${difference.expected}, got ${difference.actual}`),
        ].join('\n'),
      ),
  );
  return blocks(table(['system', 'stream', 'mapping', 'cases', 'file'], rows, { right: [3], maxWidth: 100 }), [...new Set([...problems, ...cases])].join('\n'));
}
