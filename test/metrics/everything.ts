import type { Metrics } from '../../collector/metrics/index.ts';
import { delta, incident, joined, playerError, qoe, report, SESSION, source, summary, T0, VIEWER } from './facts.ts';

const EDGE = source();
const ORIGIN = source({ name: 'origin-log', tier: 'origin', emitter: 'origin-1' });
const PLAYER = source({ name: 'beacons', tier: 'player', emitter: 'player' });

/** Calls every method of the metrics so that every metric of the contract gets at least one series. */
export function driveEverything(metrics: Metrics): void {
  metrics.tick(T0);
  intake(metrics);
  delivery(metrics);
  playback(metrics);
  incidents(metrics);
  audience(metrics);
  overflow(metrics);
}

function intake(metrics: Metrics): void {
  metrics.receive(EDGE);
  metrics.reject(EDGE.name, 'missing_time', 1);
  metrics.duplicate(EDGE);
  metrics.late(EDGE);
  metrics.suspectClock(EDGE.name, 1);
}

function delivery(metrics: Metrics): void {
  const hit = report({ source: EDGE });
  hit.cmcd.measuredKbps = 12_000;
  metrics.delivery(hit);
  metrics.delivery(report({ source: EDGE, status: 503, isGeneratedUpstream: true, cacheStatus: 'miss' }));
  metrics.delivery(report({ source: EDGE, status: 403, bodyBytes: 20 }));
  metrics.delivery(report({ source: EDGE, status: Number.NaN, bodyBytes: Number.NaN, ttfbMs: Number.NaN }));
  const fromOrigin = report({ source: ORIGIN, cacheStatus: '', pop: '' });
  metrics.delivery(fromOrigin);
  metrics.unjoined(fromOrigin);
  metrics.request(
    SESSION,
    joined({
      player: report({ source: PLAYER, ttfbMs: 60, durationMs: 500 }),
      edge: { report: hit, joinMethod: 'request_id', joinConfidence: 1 },
      origin: { report: fromOrigin, joinMethod: 'sid+time', joinConfidence: 0.6 },
    }),
  );
}

function playback(metrics: Metrics): void {
  metrics.sessionStarted(SESSION, VIEWER, T0);
  metrics.startup(SESSION, VIEWER, 840);
  metrics.seek(SESSION, VIEWER, 320);
  metrics.playback(
    SESSION,
    VIEWER,
    delta({
      playingMs: 10_000,
      seekingMs: 400,
      pausedMs: 2_000,
      renderedKbit: 30_000,
      renderedMediaSeconds: 10,
      switchesUp: 1,
      switchesDown: 2,
      droppedFrames: 3,
      decodedFrames: 250,
    }),
  );
  metrics.renditionSwitch(SESSION, VIEWER, {
    atMs: T0,
    fromKbps: 3_000,
    toKbps: 800,
    direction: 'down',
    reason: '',
    requestedMs: T0 - 1_500,
    appliedMs: T0,
  });
  metrics.liveLatency(SESSION, VIEWER, 6_400);
  metrics.liveLatency(SESSION, VIEWER, -1);
  metrics.playbackError(SESSION, VIEWER, playerError());
  metrics.sessionClosed(summary({ qoe: qoe({ stalledMs: 1_500, seekStalledMs: 120 }) }), [incident()], 'ended');
  metrics.sessionClosed(summary({ outcome: 'exit_before_start', endMs: T0 + 700 }), [], 'idle');
}

function incidents(metrics: Metrics): void {
  metrics.cdnSwitch(SESSION, { from: 'edge-a', to: 'edge-b', atMs: T0, reason: '5xx' });
  for (const one of [
    incident({ stallKind: 'connection', stalledMs: 1_500 }),
    incident({ stallKind: 'connection', stalledMs: 0, precision: 'flag' }),
    incident({ kind: 'startup_failure', errorClass: 'business', verdict: 'auth' }),
    incident({
      kind: 'failover',
      failover: {
        from: 'edge-a',
        to: 'edge-b',
        reason: '5xx',
        result: 'recovered',
        bitrateBeforeKbps: 1,
        bitrateAfterKbps: 1,
      },
    }),
    incident({ kind: 'silent_failure', silent: { cdn: 'edge-a', kind: 'slow' } }),
  ])
    metrics.incident(SESSION, VIEWER, one);
}

function audience(metrics: Metrics): void {
  metrics.concurrency({
    sessions: [{ source: 'player', dimensions: VIEWER, count: 3 }],
    viewers: [{ dimensions: VIEWER, count: 2 }],
    contents: [{ contentId: 'match-1', viewers: 2 }],
    cdns: [{ cdn: 'edge-a', sessions: 3 }],
  });
  metrics.audience(VIEWER, {
    platformClass: 'player_full',
    window: 'rolling',
    starts: 1,
    streams: 1,
    downloads: 1,
    devices: 1,
    consumptionSeconds: 30,
  });
  metrics.excluded('bot', 1);
}

/** Needs instances with small budgets; with the defaults it adds nothing that would count. */
function overflow(metrics: Metrics): void {
  for (let site = 0; site < 40; site++) metrics.delivery(report({ source: EDGE, pop: `P${site}` }));
}
