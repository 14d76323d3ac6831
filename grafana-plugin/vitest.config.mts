import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { TotalsReporter } from './test/totals-reporter.mts';

const require = createRequire(import.meta.url);
/** Outside a browser only the CommonJS builds of Grafana's libraries can be loaded. */
const alias = Object.fromEntries(
  ['data', 'schema', 'i18n', 'e2e-selectors'].map((name) => [`@grafana/${name}`, require.resolve(`@grafana/${name}`)])
);

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new TotalsReporter('node_modules/.cache/test-summary.json')],
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', environment: 'node', include: ['test/unit/**/*.test.ts', 'test/artefact/**/*.test.ts'] },
      },
      {
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['test/dom/**/*.test.{ts,tsx}'],
          setupFiles: ['test/dom/setup.ts'],
          server: { deps: { inline: [/@grafana\//] } },
        },
      },
    ],
  },
});
