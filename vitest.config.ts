import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Where .ci/run wants a report for machines beside the one for people.
const report = process.env['SVERKA_TEST_REPORT'];

/** What takes longest, or waits most; the rest is short enough to fill the gaps in any order. */
const FIRST = ['scheduler/processes', 'adversary/', 'pipeline/', 'core/occurrence', 'app/calls/workers', 'connectors/artix.test', 'cli/'];

const rank = ({ moduleId }: TestSpecification): number => {
  const at = FIRST.findIndex((name) => moduleId.includes(`/test/${name}`));
  return at === -1 ? FIRST.length : at;
};

/** A long file that begins last would be waited for alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Two processes run all files: what is loaded and compiled once serves them all. No module keeps anything that a test could see from
    // another file (CONTRIBUTING.md).
    isolate: false,
    sequence: { sequencer: LongestFirst },
    reporters: report === undefined || report === '' ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
