import { describe, test } from 'vitest';
import { requireSystem, type SystemTool } from './system-packages.ts';

/** `describe` for tests that run these programs. Where one is missing nothing of `body` runs, and the report says why. */
export function describeWith(tools: readonly SystemTool[], name: string, body: () => void): void {
  const missing = requireSystem(...tools);
  if (missing === '') describe(name, body);
  else describe(name, () => test('with real programs', (context) => context.skip(missing)));
}
