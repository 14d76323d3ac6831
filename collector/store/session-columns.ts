import type { AudienceExclusion, AudienceWindow, PlatformClass } from '../model/audience.ts';
import type { Incident } from '../model/incident.ts';
import type { StreamType } from '../model/media.ts';
import type { SessionSummary } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { WatchedRun } from './watched-runs.ts';

/** What the audience rules made of one session so far; NaN is not knowable. */
export type SessionAudience = {
  /** '' when no rule counted anything. */
  platformClass: PlatformClass | '';
  window: AudienceWindow;
  starts: number;
  streams: number;
  downloads: number;
  consumptionSeconds: number;
  /** Why it, or some of it, counts for nothing. */
  excluded: AudienceExclusion | '';
};

/** Everything a row of `sessions` is made from. */
export type SessionFacts = {
  readonly summary: SessionSummary;
  readonly incidents: readonly Incident[];
  readonly audience: SessionAudience;
  /** What the catalogue says of its content, if anything. */
  readonly streamType?: StreamType;
  /** Which parts of its content it played, where that is known. */
  readonly runs?: readonly WatchedRun[];
  /** Frozen when the session is first written. */
  readonly startedMs: UnixMs;
  /** Higher replaces lower. */
  readonly version: number;
};

type Cell = (facts: SessionFacts) => unknown;

/** The columns of `sessions` that the collector writes; the migrations create the same. JSON has no NaN: it is null. */
export const SESSION_COLUMNS: readonly (readonly [name: string, cell: Cell])[] = [
  ['tenant', ({ summary }) => summary.tenant],
  ['trace_id', ({ summary }) => summary.traceId],
  ['session_id', ({ summary }) => summary.sessionId],
  ['is_inferred', ({ summary }) => summary.isInferred],
  ['previous_trace_id', ({ summary }) => summary.previousTraceId],
  ['started_at', ({ startedMs }) => wholeMs(startedMs)],
  ['ended_at', ({ summary, startedMs }) => wholeMs(Math.max(startedMs, summary.endMs || startedMs))],
  ['version', ({ version }) => version],
  ['is_open', ({ summary }) => summary.cut === 'live'],
  ['cut', ({ summary }) => summary.cut],
  ['outcome', ({ summary }) => summary.outcome],
  ['visibility', ({ summary }) => summary.visibility],
  ['content_id', ({ summary }) => summary.contentId],
  ['title', ({ summary }) => summary.title],
  ['stream_type', ({ summary, streamType }) => streamType || summary.dimensions.streamType],
  ['property', ({ summary }) => summary.dimensions.property],
  ['player', ({ summary }) => summary.dimensions.player],
  ['device_class', ({ summary }) => summary.client?.deviceClass ?? 'other'],
  ['software', ({ summary }) => summary.client?.software ?? ''],
  ['os', ({ summary }) => summary.client?.os ?? ''],
  ['country', ({ summary }) => summary.client?.country || summary.dimensions.country],
  ['region', ({ summary }) => summary.client?.region ?? ''],
  ['referrer', ({ summary }) => summary.referrer],
  ['network', ({ summary }) => summary.client?.network ?? ''],
  ['asn', ({ summary }) => count(summary.client?.asn ?? 0)],
  ['is_bot', ({ summary, audience }) => audience.excluded === 'bot' || (summary.client?.isBot ?? false)],
  ['device_id', ({ summary }) => summary.client?.deviceKey ?? ''],
  ['viewer_id', ({ summary }) => summary.viewerId],
  ['platform_class', ({ audience }) => audience.platformClass],
  ['audience_window', ({ audience }) => audience.window],
  ['starts', ({ audience }) => audience.starts],
  ['streams', ({ audience }) => audience.streams],
  ['downloads', ({ audience }) => audience.downloads],
  ['consumption_seconds', ({ audience }) => audience.consumptionSeconds],
  ['excluded', ({ audience }) => audience.excluded],
  ['startup_seconds', ({ summary }) => summary.qoe.startupMs / 1000],
  ['playing_seconds', ({ summary }) => seconds(summary.qoe.playingMs)],
  ['stalled_seconds', ({ summary }) => seconds(summary.qoe.stalledMs)],
  ['seek_stalled_seconds', ({ summary }) => seconds(summary.qoe.seekStalledMs)],
  ['seeking_seconds', ({ summary }) => seconds(summary.qoe.seekingMs)],
  ['paused_seconds', ({ summary }) => seconds(summary.qoe.pausedMs)],
  ['stalls', ({ summary }) => count(summary.qoe.stalls)],
  ['seek_stalls', ({ summary }) => count(summary.qoe.seekStalls)],
  ['flagged_stalls', ({ summary }) => count(summary.qoe.flaggedStalls)],
  ['seeks', ({ summary }) => count(summary.qoe.seeks)],
  ['switches_up', ({ summary }) => count(summary.qoe.switchesUp)],
  ['switches_down', ({ summary }) => count(summary.qoe.switchesDown)],
  ['rendered_kbit', ({ summary }) => summary.qoe.renderedKbit || 0],
  ['rendered_media_seconds', ({ summary }) => summary.qoe.renderedMediaSeconds || 0],
  ['dropped_frames', ({ summary }) => count(summary.qoe.droppedFrames)],
  ['decoded_frames', ({ summary }) => count(summary.qoe.decodedFrames)],
  ['fatal_errors', ({ summary }) => count(summary.qoe.fatalErrors)],
  ['warnings', ({ summary }) => count(summary.qoe.warnings)],
  ['error_code', ({ summary }) => worstError(summary)?.errorCode ?? ''],
  ['error_class', ({ summary }) => worstError(summary)?.errorClass ?? ''],
  ['cdn', ({ summary }) => summary.cdns[0] ?? ''],
  ['cdns', ({ summary }) => summary.cdns],
  ['pops', ({ summary }) => summary.pops],
  ['requests', ({ summary }) => count(summary.requests)],
  ['request_errors', ({ summary }) => count(summary.errors)],
  ['bytes', ({ summary }) => count(summary.bytes)],
  ['clock_offset_seconds', ({ summary }) => summary.clockOffsetSeconds],
  ['verdict', ({ incidents }) => worst(incidents)?.verdict ?? ''],
  ['incident_kinds', ({ incidents }) => incidents.map(({ kind }) => kind)],
  ['incident_verdicts', ({ incidents }) => incidents.map(({ verdict }) => verdict)],
  ['incident_confidences', ({ incidents }) => incidents.map(({ confidence }) => confidence)],
  ['incident_begins', ({ incidents }) => incidents.map(({ beginMs }) => wholeMs(beginMs))],
  ['incident_ends', ({ incidents }) => incidents.map(({ endMs }) => wholeMs(endMs))],
  ['incident_cdns', ({ incidents }) => incidents.map(({ where }) => where?.cdn ?? '')],
  ['incident_pops', ({ incidents }) => incidents.map(({ where }) => where?.pop ?? '')],
  ['run_begins', ({ runs = [] }) => runs.map(({ beginSeconds }) => beginSeconds)],
  ['run_ends', ({ runs = [] }) => runs.map(({ endSeconds }) => endSeconds)],
  ['incident_sentences', ({ incidents }) => incidents.map(({ sentence }) => sentence)],
];

/** What ends a playback weighs more than what disturbs it, and longer more than shorter. */
const WEIGHT: Readonly<Record<Incident['kind'], number>> = {
  startup_failure: 5,
  playback_failure: 5,
  stall: 4,
  quality_collapse: 3,
  failover: 2,
  silent_failure: 1,
};

/** The incident that a row's one `verdict` is about. */
export function worst(incidents: readonly Incident[]): Incident | undefined {
  const lengthMs = ({ beginMs, endMs }: Incident): number => endMs - beginMs;
  return incidents.toSorted((a, b) => WEIGHT[b.kind] - WEIGHT[a.kind] || lengthMs(b) - lengthMs(a))[0];
}

function worstError({ playerErrors }: SessionSummary) {
  return (playerErrors.find(({ event }) => event.isFatal) ?? playerErrors.at(-1))?.event;
}

function wholeMs(atMs: UnixMs): number {
  return Math.round(atMs);
}

function seconds(ms: number): number {
  return ms > 0 ? ms / 1000 : 0;
}

/** Columns of counts have no sign and no fraction. */
function count(value: number): number {
  return value > 0 ? Math.round(value) : 0;
}
