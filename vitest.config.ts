import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/support/summary-reporter.ts';

/** Real players keep real time: nothing else runs beside them. */
const ALONE = 'test/bed/**/*.test.ts';

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', 'grafana-plugin/**'],
    pool: 'forks',
    // Much of the time goes into waiting for browsers and servers; the default leaves one core of two idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new SummaryReporter('.cache/test-summary.json')],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ALONE],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
