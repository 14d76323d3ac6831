import { ATTR } from '../contract.gen';
import { formatCount, formatDuration } from './numbers';
import { halfOf, type Request } from './request';
import { type Note, type SessionModel, type Side, type Stretch } from './session-model';
import { type SessionSpans } from './session-spans';
import { numberOf, type Span, textOf } from './span';

type Known = {
  readonly spans: SessionSpans;
  readonly root?: Span;
  readonly requests: readonly Request[];
  readonly stretches: readonly Stretch[];
};

/** Sides nobody heard from, with the words to say so. Missing is not the same as quiet. */
export function missingSides({ spans, root, requests }: Known): Map<Side, string> {
  const missing = new Map<Side, string>();
  const visibility = textOf(root, ATTR.visibility);
  const playerRequests = requests.filter((request) => halfOf(request, 'player')).length;
  const precision = (span: Span) => textOf(span, ATTR.stallPrecision);
  // Only a player knows of seeks, pauses and ads, and only a player knows exactly when it stalled.
  const hasStates =
    spans.named('seek', 'pause', 'ad').some((span) => precision(span) !== 'inferred') ||
    spans.named('startup', 'stall', 'ended').some((span) => precision(span) === 'exact');
  if (visibility === 'server' || (visibility === '' && playerRequests === 0 && !hasStates)) {
    missing.set('player', 'The player reported nothing: states are concluded from what was delivered');
  }
  if (requests.length > 0 && !requests.some((request) => halfOf(request, 'edge') || halfOf(request, 'shield'))) {
    missing.set('cdn', 'No CDN log line matched: requests are shown as the player saw them');
  }
  if (!requests.some((request) => halfOf(request, 'origin'))) {
    missing.set('origin', 'No origin log line matched');
  }
  return missing;
}

/** What a reader must know before trusting the picture. */
export function notesOf(known: Known, missing: ReadonlyMap<Side, string>, isLive: boolean): Note[] {
  const { root, stretches, spans } = known;
  const { traceIds } = spans;
  // An origin that told nothing is said in its lane.
  const quiet = (['player', 'cdn'] as const).flatMap((side) => missing.get(side) ?? []);
  const notes: Note[] = quiet.map((text) => ({ severity: 'warning', text }));
  if (isLive) {
    notes.push({
      severity: 'info',
      text: root ? 'Live: the session is still open' : 'Live or cut off: the session span has not arrived yet',
    });
  }
  if (traceIds.length > 1) {
    notes.push({ severity: 'info', text: `Joined from ${formatCount(traceIds.length, 'trace')} of this session` });
  }
  const offsetMs = numberOf(root, ATTR.clockOffset) * 1000;
  if (Math.abs(offsetMs) >= 1) {
    const direction = offsetMs > 0 ? 'ahead of' : 'behind';
    const text = `Player clock ${formatDuration(Math.abs(offsetMs))} ${direction} the servers; shown corrected`;
    notes.push({ severity: 'info', text });
  }
  if (stretches.length > 0) {
    const summed = stretches.reduce((sum, { requests }) => sum + (requests || 0), 0);
    notes.push({ severity: 'info', text: `${formatCount(summed, 'healthy request')} summed up, not kept one by one` });
  }
  const orphans = orphanCount(spans);
  if (orphans > 0 && root) {
    notes.push({
      severity: 'warning',
      text: `${formatCount(orphans, 'span')} without parent: the trace is incomplete`,
    });
  }
  if (textOf(root, ATTR.isInferred) === 'true') {
    notes.push({ severity: 'info', text: 'No session id in any line: this session is pieced together' });
  }
  return notes;
}

function orphanCount(spans: SessionSpans): number {
  return spans.all.filter(({ parentSpanId }) => parentSpanId !== '' && spans.withId(parentSpanId) === undefined).length;
}

/** What identifies the session and its viewer, in the order a reader asks. */
export function factsOf(session: Pick<SessionModel, 'id' | 'root'>): Array<readonly [label: string, value: string]> {
  const { root } = session;
  const offset = numberOf(root, ATTR.clockOffset);
  const facts: Array<readonly [string, string]> = [
    ['Session', session.id],
    ['Content', textOf(root, ATTR.contentTitle) || textOf(root, ATTR.contentId)],
    ['Player', textOf(root, ATTR.playerName)],
    ['Stream', textOf(root, ATTR.streamType)],
    ['Device', textOf(root, ATTR.deviceClass)],
    ['Country', textOf(root, ATTR.country)],
    ['Seen by', SEEN_BY[textOf(root, ATTR.visibility)] ?? ''],
    ['Clock offset', Number.isNaN(offset) ? '' : `${offset > 0 ? '+' : ''}${formatDuration(offset * 1000)}`],
  ];
  return facts.filter(([, value]) => value !== '');
}

const SEEN_BY: Record<string, string> = { both: 'player and servers', player: 'player only', server: 'servers only' };
