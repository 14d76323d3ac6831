import { spanIdOf } from '../model/ids.ts';
import type { Incident } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { PlaybackInterval, RenditionSwitch, SpanOutput, Stretch } from '../model/output.ts';
import { ATTR } from '../model/semconv.ts';
import type { SessionRef, SessionSummary } from '../model/session.ts';
import type { Span, SpanEvent, SpanLink } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';
import { AttributeList } from './attributes.ts';
import { requestSpans } from './request-spans.ts';

const EVIDENCE_LINKS = 32;
const NOTHING: readonly never[] = [];

/** Turns what the flight recorder kept into spans and hands each to `sink`. */
export class SessionSpans implements SpanOutput {
  readonly #sink: (span: Span) => void;
  #lastTraceId = '';
  #lastRootId = '';

  constructor(sink: (span: Span) => void) {
    this.#sink = sink;
  }

  record(session: SessionRef, request: JoinedRequest): void {
    requestSpans(session, this.#rootId(session), request, this.#sink);
  }

  stretch(session: SessionRef, stretch: Stretch): void {
    const attributes = listFor(session)
      .count(ATTR.requestCount, stretch.requests)
      .count(ATTR.requestErrors, stretch.errors)
      .count(ATTR.hits, stretch.hits)
      .number(ATTR.bytes, stretch.bytes)
      .list(ATTR.cdns, [...stretch.cdns]);
    this.#emit(session, 'requests', stretch, timeIdentity(stretch.beginMs), attributes, NOTHING, '');
  }

  interval(session: SessionRef, interval: PlaybackInterval): void {
    // A playback starts once, so that its start needs no time to be told from others.
    const reportedMs = interval.name === 'startup' ? 0 : interval.reportedMs;
    this.#emit(session, interval.name, interval, timeIdentity(reportedMs), listFor(session), NOTHING, '');
  }

  renditionSwitch(session: SessionRef, change: RenditionSwitch): void {
    const attributes = listFor(session)
      .kbps(ATTR.switchFrom, change.fromKbps)
      .kbps(ATTR.switchTo, change.toKbps)
      .text(ATTR.switchDirection, change.direction)
      .text(ATTR.switchReason, change.reason);
    const beginMs = Number.isNaN(change.requestedMs)
      ? change.appliedMs
      : Math.min(change.requestedMs, change.appliedMs);
    const interval = { beginMs, endMs: change.appliedMs };
    const identity = timeIdentity(change.reportedMs ?? beginMs);
    this.#emit(session, 'abr_switch', interval, identity, attributes, NOTHING, '');
  }

  incident(session: SessionRef, incident: Incident): void {
    const { kind, failover, silent } = incident;
    const attributes = listFor(session)
      .text(ATTR.incidentKind, kind)
      .text(ATTR.stallKind, incident.stallKind)
      .text(ATTR.stallPrecision, incident.precision)
      .text(ATTR.verdict, incident.verdict)
      .number(ATTR.verdictConfidence, incident.confidence)
      .text(ATTR.verdictSentence, incident.sentence);
    if (failover) {
      attributes
        .text(ATTR.failoverFrom, failover.from)
        .text(ATTR.failoverTo, failover.to)
        .text(ATTR.failoverReason, failover.reason)
        .text(ATTR.failoverResult, failover.result)
        .kbps(ATTR.bitrateBefore, failover.bitrateBeforeKbps)
        .kbps(ATTR.bitrateAfter, failover.bitrateAfterKbps);
    }
    if (silent) attributes.text(ATTR.silentCdn, silent.cdn).text(ATTR.silentKind, silent.kind);
    const links: SpanLink[] = incident.evidence
      .slice(0, EVIDENCE_LINKS)
      .map((spanId) => ({ traceId: session.traceId, spanId, attributes: [] }));
    const isNamed = kind === 'stall' || kind === 'failover';
    const identity = `${isNamed ? '' : kind}/${Math.round(incident.reportedMs ?? incident.beginMs)}/${silent?.cdn ?? ''}`;
    const isError = kind === 'startup_failure' || kind === 'playback_failure' || failover?.result === 'failed';
    const name = isNamed ? kind : 'incident';
    this.#emit(session, name, incident, identity, attributes, links, isError ? incident.sentence : '');
  }

  session(summary: SessionSummary, incidents: readonly Incident[]): void {
    this.#sink(sessionSpan(summary, incidents));
  }

  /** Spans come session by session, so that the root of the last one is nearly always the one asked for. */
  #rootId(session: SessionRef): string {
    if (session.traceId !== this.#lastTraceId) {
      this.#lastTraceId = session.traceId;
      this.#lastRootId = sessionSpanId(session);
    }
    return this.#lastRootId;
  }

  /** `identity` tells spans of one name apart by times as reported: they move when clocks are known better, ids not. */
  #emit(
    session: SessionRef,
    name: string,
    { beginMs, endMs }: { readonly beginMs: UnixMs; readonly endMs: UnixMs },
    identity: string,
    attributes: AttributeList,
    links: readonly SpanLink[],
    error: string,
  ): void {
    this.#sink({
      traceId: session.traceId,
      spanId: spanIdOf(session.traceId, `${name}${identity}`),
      parentSpanId: this.#rootId(session),
      name,
      kind: 'internal',
      service: 'player',
      tenant: session.tenant,
      startMs: beginMs,
      endMs: Math.max(beginMs, endMs),
      attributes: attributes.pairs,
      events: NOTHING,
      links,
      error,
    });
  }
}

/** The attributes of a span below the root begin with its session. */
function listFor({ sessionId }: SessionRef): AttributeList {
  return new AttributeList().text(ATTR.sessionId, sessionId);
}

/** A span whose name and time are all that tells it from others. */
function timeIdentity(reportedMs: UnixMs): string {
  return `/${Math.round(reportedMs)}/`;
}

/** The root of a session's trace. */
export function sessionSpanId(session: SessionRef): string {
  return spanIdOf(session.traceId, 'session');
}

/** The root span: what is known of the whole playback, and its worst verdict. */
export function sessionSpan(summary: SessionSummary, incidents: readonly Incident[]): Span {
  const { qoe, client, dimensions } = summary;
  const leading = leadingIncident(incidents);
  const attributes = new AttributeList()
    .text(ATTR.sessionId, summary.sessionId)
    .text(ATTR.contentId, summary.contentId)
    .text(ATTR.contentTitle, summary.title)
    .text(ATTR.streamType, dimensions.streamType)
    .text(ATTR.playerName, dimensions.player)
    .text(ATTR.property, dimensions.property)
    .text(ATTR.deviceClass, client?.deviceClass)
    .text(ATTR.userAgent, client?.userAgent)
    .text(ATTR.clientNetwork, client?.network)
    .text(ATTR.country, client?.country)
    .text(ATTR.outcome, summary.outcome)
    .text(ATTR.visibility, summary.visibility)
    .text(ATTR.isInferred, summary.isInferred ? 'true' : '')
    .text(ATTR.cut, summary.cut)
    .seconds(ATTR.startup, qoe.startupMs)
    .seconds(ATTR.playing, qoe.playingMs)
    .seconds(ATTR.stalled, qoe.stalledMs)
    .seconds(ATTR.seekStalled, qoe.seekStalledMs)
    .count(ATTR.stalls, qoe.stalls)
    .kbps(ATTR.averageBitrate, qoe.renderedKbit / qoe.renderedMediaSeconds)
    .list(ATTR.cdns, summary.cdns)
    .list(ATTR.pops, summary.pops)
    .count(ATTR.requestCount, summary.requests)
    .count(ATTR.requestErrors, summary.errors)
    .number(ATTR.bytes, summary.bytes)
    .number(ATTR.clockOffset, summary.clockOffsetSeconds)
    .count(ATTR.incidentCount, incidents.length)
    .text(ATTR.verdict, leading?.verdict)
    .number(ATTR.verdictConfidence, leading?.confidence ?? Number.NaN)
    .text(ATTR.verdictSentence, leading?.sentence);
  const previous = summary.previousTraceId;
  const isFailure =
    summary.outcome === 'start_failure' || incidents.some((incident) => incident.kind === 'playback_failure');
  return {
    traceId: summary.traceId,
    spanId: sessionSpanId(summary),
    parentSpanId: '',
    name: 'session',
    kind: 'internal',
    service: 'player',
    tenant: summary.tenant,
    startMs: summary.beginMs,
    endMs: Math.max(summary.beginMs, summary.endMs),
    attributes: attributes.pairs,
    events: summary.playerErrors.map(playerError),
    links: previous === '' ? [] : [{ traceId: previous, spanId: spanIdOf(previous, 'session'), attributes: [] }],
    error: isFailure ? (leading?.sentence ?? summary.outcome) : '',
  };
}

/** An error that the player reported, as OpenTelemetry records exceptions. */
function playerError({ event, atMs }: SessionSummary['playerErrors'][number]): SpanEvent {
  const attributes = new AttributeList()
    .text(ATTR.exceptionType, event.errorCode)
    .text(ATTR.exceptionMessage, event.message ?? event.errorCode)
    .text(ATTR.errorClass, event.errorClass)
    .text(ATTR.errorFatal, String(event.isFatal === true));
  return { name: 'exception', timeMs: atMs, attributes: attributes.pairs };
}

/** The incident a person should read first: what ended playback, then what stopped it longest. */
export function leadingIncident(incidents: readonly Incident[]): Incident | undefined {
  const rank = {
    playback_failure: 0,
    startup_failure: 0,
    stall: 1,
    failover: 2,
    quality_collapse: 3,
    silent_failure: 4,
  };
  return [...incidents].sort((a, b) => rank[a.kind] - rank[b.kind] || b.endMs - b.beginMs - (a.endMs - a.beginMs))[0];
}
