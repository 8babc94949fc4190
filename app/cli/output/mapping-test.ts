/** Results of cases as text: what was expected and what came, field by field. */
import picocolors from 'picocolors';
import type { MappingTest, WrittenCase } from '../../console/mapping-test.ts';
import { failedCase, problemLine } from './mapping-faults.ts';
import { blocks, count, table } from './table.ts';

export function mappingTestText(tests: readonly MappingTest[]): string {
  const rows = tests.map(({ system, stream, casesFile, file, cases, problems, tested, inUse }) => {
    const failed = cases.filter(({ passed }) => !passed).length;
    return [
      system,
      stream,
      testedText(tested, inUse),
      problems.length > 0 ? 'broken' : cases.length === 0 ? 'no cases' : failed === 0 ? 'hold' : `${failed} fail`,
      cases.length,
      casesFile ?? (problems.length > 0 ? file : `none beside ${file}`),
    ];
  });
  const problems = new Set(tests.flatMap((one) => one.problems.map(problemLine)));
  const failures = tests.flatMap(({ cases }) => cases.filter(({ passed }) => !passed).map((failed) => failedCase(failed).join('\n')));
  const all = tests.reduce((sum, { cases }) => sum + cases.length, 0);
  const broken = tests.filter((one) => one.problems.length > 0).length;
  const untested = broken === 0 ? '' : picocolors.red(`${count(broken, 'mapping')} broken, of which nothing was tested`);
  const held = all === 0 && broken > 0 ? '' : picocolors.green(`${count(all, 'case')} hold`);
  const sum = failures.length === 0 ? held : picocolors.red(`${failures.length} of ${count(all, 'case')} fail`);
  const edited = tests.some(({ tested, inUse }) => tested === 'disk' && inUse === false);
  const hint = edited ? picocolors.dim('The file on the disk is not what is in use: sverka mapping test --active tests that.') : '';
  return blocks(
    table(['system', 'stream', 'tested', 'cases', 'number', 'file'], rows, { right: [4], maxWidth: 100 }),
    [...problems].join('\n'),
    ...new Set(failures),
    hint,
    untested,
    sum,
  );
}

function testedText(tested: MappingTest['tested'], inUse: boolean | null): string {
  if (tested === 'active') return 'the version in use';
  return inUse === null ? 'the file' : inUse ? 'the file, in use' : 'the file, not in use';
}

export function writtenCaseText({ made, text, file, isOwn }: WrittenCase, written: boolean, asked: boolean): string {
  if (written) return `added the case "${made.name}" to ${file}; sverka mapping test runs it`;
  const why = asked || isOwn ? '' : `The mapping is a shipped one, so ${file} was not changed: put the case into a cases file of your own (docs/mappings.md).`;
  return blocks(text.trimEnd(), picocolors.dim(why));
}
