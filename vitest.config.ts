import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/support/summary-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'grafana-plugin/**'],
    pool: 'forks',
    // Much of the time goes into waiting for browsers and servers; the default leaves one core of two idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new SummaryReporter('.cache/test-summary.json')],
  },
});
