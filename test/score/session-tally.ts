import type { SessionJson } from '../../collector/exporters/session-json.ts';
import type { SessionMatch } from './session-match.ts';
import type { Tally } from './tally.ts';

/** How a session makes itself heard; each is counted by itself, because each can know something else. */
export const VOICES = [
  'says its states',
  'says no states',
  'CMCD in its requests',
  'nothing but its requests',
] as const;

/**
 * Viewing against the truth, in `player` (some post of its player arrived) and `server` (logs alone), and by voice:
 * `qoe/<group>/playing|stalled|truePlaying|trueStalled` in ms, `startup/<group>/count|missed|error`.
 */
export function tallySession({ truth, measured }: SessionMatch, tally: Tally): void {
  const isHeard = truth.postsDelivered > 0;
  const group = isHeard ? 'player' : 'server';
  tally.add('sessions/true');
  if (!isHeard) tally.add('blind/true');
  if (measured.length > 0) tally.add('sessions/found');
  if (measured.length > 1) tally.add('sessions/split');
  if (measured.some(({ visibility }) => visibility !== 'server')) tally.add('sessions/heard');
  const sum = (of: (session: SessionJson) => number | null): number =>
    measured.reduce((total, session) => total + (of(session) ?? 0), 0);
  for (const key of [group, voiceOf(truth)]) {
    tally.add(`qoe/${key}/truePlaying`, truth.playingMs);
    tally.add(`qoe/${key}/trueStalled`, truth.stalledMs + truth.seekStalledMs);
    tally.add(
      `qoe/${key}/playing`,
      sum(({ qoe }) => qoe.playingMs),
    );
    tally.add(
      `qoe/${key}/stalled`,
      sum(({ qoe }) => (qoe.stalledMs ?? 0) + (qoe.seekStalledMs ?? 0)),
    );
  }
  if (truth.startupMs === null || truth.adMs > 0) return;
  tally.add(`startup/${group}/count`);
  const startupMs = measured.find(({ qoe }) => qoe.startupMs !== null)?.qoe.startupMs;
  if (startupMs === undefined || startupMs === null) tally.add(`startup/${group}/missed`);
  else {
    tally.add(`startup/${group}/error`, Math.abs(startupMs - truth.startupMs));
    tally.add(`startup/${group}/sum`, truth.startupMs);
  }
}

function voiceOf({ player, postsDelivered, isSidSent }: SessionMatch['truth']): (typeof VOICES)[number] {
  if (postsDelivered > 0) return player === 'shaka' ? 'says no states' : 'says its states';
  return isSidSent ? 'CMCD in its requests' : 'nothing but its requests';
}
