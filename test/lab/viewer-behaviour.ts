import { segmentCount } from './media-object.ts';
import type { Random } from './random.ts';
import type { BehaviourSpec } from './scenario.ts';
import type { ViewerSession } from './viewer-session.ts';

const PAUSE_MS = [3000, 45_000] as const;
const MIN_PATIENCE_MS = 2500;

/** What the person does: waits so long and no longer, watches a while, pauses, jumps, leaves. */
export function behave(session: ViewerSession, spec: BehaviourSpec, adMs: number, random: Random, nowMs: number): void {
  const { facts } = session;
  const isTabClosed = random.chance(spec.tabCloseShare);
  const leave = () => session.leave(isTabClosed, facts.nowMs());
  // Whoever sits through an ad does not mind the ad.
  facts.at(nowMs + adMs + MIN_PATIENCE_MS + random.exponential(spec.startPatienceMs), () => {
    if (Number.isNaN(session.ledger.startupMs)) leave();
  });
  session.onStall = (stalledMs) => {
    const stalls = session.ledger.stalls.length;
    facts.at(stalledMs + MIN_PATIENCE_MS + random.exponential(spec.stallPatienceMs), () => {
      const isSame = session.ledger.stalls.length === stalls && session.playback.state === 'rebuffering';
      if (isSame) leave();
    });
  };
  session.onFirstFrame = (startedMs) => {
    const watchMs = Math.max(4000, random.logNormal(spec.watchMedianMs, spec.watchSigma));
    facts.at(startedMs + watchMs, leave);
    if (random.chance(spec.pauseShare)) {
      const lengthMs = random.between(...PAUSE_MS);
      facts.at(startedMs + random.next() * watchMs, () => session.pauseFor(lengthMs, facts.nowMs()));
    }
    if (facts.content.isLive) return;
    // No chance is drawn for nothing: it would change what else happens in fleets without downloads.
    if (spec.downloadShare > 0 && facts.kind === 'playpath' && random.chance(spec.downloadShare)) {
      facts.at(startedMs + random.next() * watchMs, () => storeFilm(session));
    }
    if (!random.chance(spec.seekShare)) return;
    for (let seek = 0; seek < 1 + random.index(3); seek++) {
      const place = random.next();
      facts.at(startedMs + random.next() * watchMs, () => session.seekTo(targetOf(session, place), facts.nowMs()));
    }
  };
}

/** To watch it offline. */
function storeFilm(session: ViewerSession): void {
  if (session.isClosed) return;
  session.ledger.downloads++;
  session.voice.downloaded(session.facts.nowMs());
}

/** Mostly a bit forward, sometimes back, sometimes anywhere; never into the last segments. */
function targetOf(session: ViewerSession, place: number): number {
  const { content } = session.facts;
  const lastMs = Math.max(0, (segmentCount(content) - 3) * content.segmentMs);
  const fromMs = session.playheadMs;
  const wishMs =
    place < 0.5 ? fromMs + 10_000 + place * 120_000 : place < 0.75 ? fromMs - 30_000 * place : place * lastMs;
  return Math.max(0, Math.min(lastMs, wishMs));
}
