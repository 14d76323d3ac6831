import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recordingSources, replayOutput } from '../support/replay-output.ts';

/** What the page saw with its own clock and playhead, against what is told with the player's help, and without. */

type PageTruth = {
  readonly stalls: readonly { readonly beginMs: number; readonly endMs: number }[];
  readonly mediaEvents: readonly { readonly type: string; readonly ts: number }[];
};

const FOLDER = new URL('../fixtures/recordings/', import.meta.url);
const FILM_MS = 30_000;
/** Of the stalled time; and what two clocks, or CMCD's rounding, may differ by. */
const WITH_PLAYER = { share: 0.02, slackMs: 100 };
const LOGS_ALONE = { share: 0.15, slackMs: 100 };

const runs = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(new URL(entry.name, FOLDER)).includes('truth.json'))
  .map(({ name }) => name);

describe.each(runs)('%s', (run) => {
  const truth = JSON.parse(readFileSync(new URL(`${run}/truth.json`, FOLDER), 'utf8')) as PageTruth;
  const stalledMs = truth.stalls.reduce((sum, { beginMs, endMs }) => sum + endMs - beginMs, 0);
  const sources = recordingSources(run);
  const logs = sources.filter((source) => !source.includes('capture'));

  test.each([
    ['with what its player says', sources],
    ['from logs alone', logs],
  ] as const)('%s, it stalled as long as the page saw', async (_, given) => {
    const [session] = (await replayOutput(given)).sessions;
    const limit = session?.visibility === 'server' ? LOGS_ALONE : WITH_PLAYER;
    const toldMs = (session?.qoe.stalledMs ?? Number.NaN) + (session?.qoe.seekStalledMs ?? 0);
    expect(Math.abs(toldMs - stalledMs)).toBeLessThanOrEqual(stalledMs * limit.share + limit.slackMs);
  });

  test('from logs alone, the whole film was watched', async () => {
    const [session] = (await replayOutput(logs)).sessions;
    expect(Math.abs((session?.qoe.playingMs ?? Number.NaN) - FILM_MS)).toBeLessThan(FILM_MS * 0.05);
  });
});
