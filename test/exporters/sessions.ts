import type { Incident } from '../../collector/model/incident.ts';
import type { SessionSummary } from '../../collector/model/session.ts';

export const BEGIN_MS = 1_763_764_800_000;

/** A session that played well for a minute on one CDN; say what matters to the test. */
export function makeSummary(fields: Partial<SessionSummary> = {}): SessionSummary {
  return {
    tenant: 'default',
    traceId: '5b8efff798038103d269b633813fc60c',
    sessionId: '5b8efff7-9803-8103-d269-b633813fc60c',
    isInferred: false,
    dimensions: {
      tenant: 'default',
      property: 'others',
      streamType: 'vod',
      player: 'hls.js',
      device: 'desktop',
      country: 'NL',
    },
    contentId: 'title-1',
    title: 'First title',
    viewerId: '',
    referrer: '',
    client: {
      deviceKey: '0123456789abcdef',
      network: '192.0.2.0/24',
      country: 'NL',
      region: 'NL-NH',
      asn: 64_500,
      userAgent: 'Mozilla/5.0',
      software: 'Chrome',
      deviceClass: 'desktop',
      os: 'Linux',
      isBot: false,
    },
    beginMs: BEGIN_MS,
    endMs: BEGIN_MS + 60_000,
    outcome: 'played',
    visibility: 'both',
    cut: 'ended',
    qoe: {
      startupMs: 812.3004,
      playingMs: 58_000,
      stalledMs: 0,
      seekStalledMs: 0,
      seekingMs: 0,
      pausedMs: 0,
      stalls: 0,
      seekStalls: 0,
      flaggedStalls: 0,
      seeks: 0,
      switchesUp: 1,
      switchesDown: 0,
      renderedKbit: 150_000,
      renderedMediaSeconds: 58,
      droppedFrames: 0,
      decodedFrames: 1450,
      fatalErrors: 0,
      warnings: 0,
    },
    cdns: ['edge-a'],
    pops: ['ams1'],
    requests: 40,
    errors: 0,
    bytes: 20_000_000,
    clockOffsetSeconds: Number.NaN,
    joins: { 'sid+url+order': 38, request_id: 40 },
    playerErrors: [],
    previousTraceId: '',
    ...fields,
  };
}

export function makeIncident(fields: Partial<Incident> = {}): Incident {
  return {
    kind: 'stall',
    beginMs: BEGIN_MS + 20_000,
    endMs: BEGIN_MS + 24_500,
    stallKind: 'connection',
    stalledMs: 4500,
    precision: 'exact',
    verdict: 'edge_error',
    confidence: 0.95,
    evidence: ['eee19b7ec3c1b174'],
    sentence: 'Stalled 4.5 s: edge-a answered 503 to 3 video requests.',
    ...fields,
  };
}
