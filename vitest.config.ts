import { defineConfig } from 'vitest/config';

// Where .ci/run wants a report for machines beside the one for people.
const report = process.env['SVERKA_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report === undefined || report === '' ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
