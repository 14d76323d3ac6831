import type { Incident } from '../../collector/model/incident.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { PlaybackDelta } from '../../collector/model/output.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import type { QoeNumbers, SessionRef, SessionSummary, ViewerDimensions } from '../../collector/model/session.ts';
import type { Source } from '../../collector/model/source.ts';

export const T0 = Date.parse('2026-03-01T12:00:00Z');

export const SESSION: SessionRef = {
  tenant: 'acme',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  sessionId: 'session-1',
  isInferred: false,
};

export const VIEWER: ViewerDimensions = {
  tenant: 'acme',
  property: 'web',
  streamType: 'live',
  player: 'hls.js',
  device: 'desktop',
  country: 'CL',
};

let nextIndex = 0;

export function source(facts: Partial<Source> = {}): Source {
  return {
    index: nextIndex++,
    name: 'edge-a-log',
    format: 'nginx-json',
    tier: 'edge',
    emitter: 'edge-a',
    tenant: 'acme',
    latenessMs: 60_000,
    sampleRate: 1,
    timeZone: 'UTC',
    ...facts,
  };
}

const EDGE_A = source();

/** A healthy hit on a video segment at an edge: 1,000,000 bytes, first byte after 20 ms, last after 420 ms. */
export function report(facts: Partial<Omit<RequestReport, 'kind' | 'cmcd' | 'clear'>> = {}): RequestReport {
  return Object.assign(new RequestReport(), {
    source: EDGE_A,
    receivedMs: T0 + 2_000,
    startMs: T0,
    durationMs: 420,
    ttfbMs: 20,
    method: 'GET',
    path: '/live/video/1.m4s',
    status: 200,
    bodyBytes: 1_000_000,
    objectType: 'video',
    cacheStatus: 'hit',
    pop: 'SCL1',
    ...facts,
  });
}

export function joined(facts: Partial<JoinedRequest> = {}): JoinedRequest {
  return {
    player: null,
    edge: null,
    shield: null,
    origin: null,
    startMs: T0,
    endMs: T0 + 420,
    cdn: 'edge-a',
    path: '/live/video/1.m4s',
    objectType: 'video',
    status: 200,
    spanId: '00f067aa0ba902b7',
    ...facts,
  };
}

export function delta(facts: Partial<PlaybackDelta> = {}): PlaybackDelta {
  return {
    playingMs: 0,
    seekingMs: 0,
    pausedMs: 0,
    renderedKbit: 0,
    renderedMediaSeconds: 0,
    switchesUp: 0,
    switchesDown: 0,
    droppedFrames: 0,
    decodedFrames: 0,
    ...facts,
  };
}

export function incident(facts: Partial<Incident> = {}): Incident {
  return {
    kind: 'stall',
    beginMs: T0,
    endMs: T0 + 1_500,
    verdict: 'network',
    confidence: 0.9,
    evidence: [],
    sentence: 'Stalled for 1.5 s.',
    ...facts,
  };
}

export function playerError(facts: Partial<PlayerEvent> = {}): PlayerEvent {
  return {
    kind: 'player',
    name: 'error',
    source: source({ tier: 'player', name: 'beacons', emitter: 'player' }),
    sid: 'session-1',
    tsMs: T0,
    receivedMs: T0 + 100,
    errorClass: 'technical',
    isFatal: true,
    ...facts,
  };
}

export function qoe(facts: Partial<QoeNumbers> = {}): QoeNumbers {
  return {
    startupMs: 800,
    playingMs: 60_000,
    stalledMs: 0,
    seekStalledMs: 0,
    seekingMs: 0,
    pausedMs: 0,
    stalls: 0,
    seekStalls: 0,
    flaggedStalls: 0,
    seeks: 0,
    switchesUp: 0,
    switchesDown: 0,
    renderedKbit: 0,
    renderedMediaSeconds: 0,
    droppedFrames: 0,
    decodedFrames: 0,
    fatalErrors: 0,
    warnings: 0,
    ...facts,
  };
}

export function summary(facts: Partial<SessionSummary> = {}): SessionSummary {
  return {
    ...SESSION,
    dimensions: VIEWER,
    contentId: 'match-1',
    title: 'Match 1',
    viewerId: '',
    referrer: '',
    client: null,
    beginMs: T0,
    endMs: T0 + 60_000,
    outcome: 'played',
    visibility: 'both',
    cut: 'ended',
    qoe: qoe(),
    cdns: ['edge-a'],
    pops: ['SCL1'],
    requests: 12,
    errors: 0,
    bytes: 12_000_000,
    clockOffsetSeconds: 0,
    joins: {},
    playerErrors: [],
    previousTraceId: '',
    ...facts,
  };
}
