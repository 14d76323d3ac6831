import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { PlaypathError } from '../../collector/errors.ts';
import { FileReceiver } from '../../collector/receivers/file.ts';
import type { LineSource } from '../../collector/receivers/sources.ts';
import { lineSource, NOW, TestFieldsDecoder, testIngest } from './support.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-file-'));
});
const receivers: FileReceiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

export const at = (name: string): string => join(folder, name);
export const line = (path: string): string => `${JSON.stringify({ t: NOW, path })}\n`;
export const tsv = lineSource('tsv', { createDecoder: () => new TestFieldsDecoder() });
/** As long as a fingerprint looks, so that two files are told apart by content. */
export const filler = (mark: string): string =>
  Array.from({ length: 80 }, (_, i) => line(`/${mark}/${i}/${'x'.repeat(40)}`)).join('');

/** A receiver that is stepped by hand, with a clock that is set by hand. */
export function follow(patterns: readonly string[], from: LineSource = lineSource('edge-a'), state = 'state') {
  const clock = { nowMs: NOW };
  const { bus, ingest, refused } = testIngest(() => clock.nowMs);
  const troubles: PlaypathError[] = [];
  const receiver = new FileReceiver({
    ingest,
    sources: [{ from, patterns: patterns.map(at) }],
    positionsPath: at(`${state}/positions.json`),
    lineLimitBytes: 64 * 1024,
    pollMs: 1000,
    schedule: () => () => {},
    onTrouble: (error) => troubles.push(error),
  });
  receivers.push(receiver);
  /** The paths stored since the last step. */
  let seen = 0;
  const poll = async (laterMs = 1000): Promise<string[]> => {
    clock.nowMs += laterMs;
    await receiver.poll();
    const paths = bus.paths.slice(seen);
    seen = bus.paths.length;
    return paths;
  };
  return { receiver, poll, bus, refused, troubles, clock };
}
