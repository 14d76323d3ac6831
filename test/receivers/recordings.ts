import { readFileSync } from 'node:fs';

/** A recorded HTTP post of the bed (test/fixtures/recordings). */
export type Recorded = { readonly recv: number; readonly kind: string; readonly ct?: string; readonly body: string };

export function recordedPosts(run: string): readonly Recorded[] {
  const text = readFileSync(new URL(`../fixtures/recordings/${run}/sink.ndjson`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);
}
