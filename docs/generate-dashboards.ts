import { generatedFiles } from '../dashboards/src/generated-files.ts';
import type { GeneratedPage } from './generate.ts';

/** Dashboards, rules and the runbook: made from dashboards/src. */
export const pages: readonly GeneratedPage[] = generatedFiles().map(({ path, text }) => ({
  file: `../dashboards/${path}`,
  text: () => text,
}));
