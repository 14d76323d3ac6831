import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CollectorProcess, startCollector } from '../support/collector-process.ts';
import { describeWith } from '../support/describe-with.ts';
import { type LogLine, logLines } from './beacons.ts';
import { type Bed, type PlayOptions, startBed } from './bed.ts';
import type { GroundTruth, Playback } from './browser.ts';
import { type Sample, samplesOf, sumOf } from './prometheus-text.ts';
import { type ApiSession, type ApiSpan, sessionOf, spansOf } from './query-api.ts';

/** Playing takes a minute and a half; the rest is waiting for the machine to be free. */
const WITH_TURN_MS = 600_000;
/** nginx writes a request when it is over, and one that a throttled edge goes on filling takes longer. */
const LATENESS = '45s';
/** How far spans and metrics may be from what the page and the logs say. */
const TOLERANCE_MS = 250;
/** How long the origin keeps silent in `slow-origin`: twice a segment, so the buffer drains. */
const ORIGIN_DELAY_MS = 4000;

type Film = 'failover' | 'throttled' | 'slow-origin';
type Evidence = {
  readonly truth: GroundTruth;
  readonly session: ApiSession;
  readonly spans: readonly ApiSpan[];
  readonly lines: Readonly<Record<'edge-a' | 'edge-b' | 'origin', readonly LogLine[]>>;
};

/**
 * Real players, real edges and a real origin in front of a running collector: what it says of three faults must be
 * what the page saw and what the logs show. The three play side by side; each film has its own faults.
 */
describeWith(['chromium', 'nginx', 'ffmpeg'], 'a live collector', () => {
  let bed: Bed;
  let collector: CollectorProcess;
  let samples: readonly Sample[];
  const evidence = new Map<Film, Evidence>();
  const of = (film: Film) => evidence.get(film)!;
  const spans = (film: Film, name: string) => of(film).spans.filter((span) => span.name === name);

  beforeAll(async () => {
    bed = await startBed({ originDelayMs: ORIGIN_DELAY_MS });
    collector = await startCollector({
      ingest: { filePoll: '200ms' },
      player: { heartbeat: '5s' },
      correlate: { settle: '50s', idleClose: '15s', detail: 'full' },
      sources: [
        logSource('edge-a', 'edge', bed.logs['edge-a.json']),
        logSource('edge-b', 'edge', bed.logs['edge-b.json']),
        logSource('origin-1', 'origin', bed.logs['origin.json']),
      ],
    });
    const { ingestUrl: ingest } = collector;
    const ridHosts = [bed.edgeA, bed.edgeB].map((url) => new URL(url).host).join(',');
    const hook = { ingest, hookUrl: `${ingest}/player.js`, ridHosts };
    const films: Readonly<Record<Film, Omit<PlayOptions, 'title'>>> = {
      // CMCD events and the hook, two CDNs.
      failover: { player: 'hls', file: 'hls/master-redundant.m3u8', cmcd: 2, ...hook },
      // CMCD in the requests, states from the hook: Shaka sends none.
      throttled: { player: 'shaka', file: 'hls/master.m3u8', cmcd: 2, ...hook },
      // CMCD alone.
      'slow-origin': { player: 'dash', file: 'dash/manifest.mpd', cmcd: 2, bufferSeconds: 4, ingest },
    };
    const playing = await Promise.all(
      (Object.keys(films) as Film[]).map(async (film) => {
        const playback = await bed.play({ title: film, ...films[film] });
        return [film, playback] as const;
      }),
    );
    const truths = new Map<Film, GroundTruth>();
    await Promise.all(
      playing.map(async ([film, playback]) => {
        await act(bed, film, playback);
        truths.set(film, await playback.truth());
        await playback.close();
      }),
    );
    for (const [film, playback] of playing) {
      const session = await closedSession(collector, playback.sid);
      evidence.set(film, {
        truth: truths.get(film)!,
        session,
        spans: await spansOf(collector.apiUrl, session.traceId),
        lines: {
          'edge-a': logLines(bed.logs['edge-a.json'], film),
          'edge-b': logLines(bed.logs['edge-b.json'], film),
          origin: logLines(bed.logs['origin.json'], film),
        },
      });
    }
    samples = samplesOf(await (await fetch(`${collector.metricsUrl}/metrics`)).text());
  }, WITH_TURN_MS);

  afterAll(async () => {
    await bed?.stop();
    await collector?.stop();
  });

  test.each(['failover', 'throttled', 'slow-origin'] as const)('makes one whole session of %s', (film) => {
    const { session } = of(film);
    expect(session).toMatchObject({ outcome: 'played', visibility: 'both' });
    expect(session.traceId).toBe(session.sessionId.replaceAll('-', ''));
    expect(spans(film, 'session')).toHaveLength(1);
  });

  test.each(['failover', 'throttled', 'slow-origin'] as const)(
    'shows every request of %s that an edge logged',
    (film) => {
      const logged = [...of(film).lines['edge-a'], ...of(film).lines['edge-b']].map((line) => line.request_id);
      const shown = spans(film, 'edge').map(({ attributes }) => attributes['cdn.request.id']);
      expect(logged.filter((id) => !shown.includes(id))).toEqual([]);
      expect(new Set(shown).size).toBe(shown.length);
    },
  );

  test.each(['failover', 'throttled', 'slow-origin'] as const)('hangs every miss of %s on its origin', (film) => {
    const edges = new Map(spans(film, 'edge').map((span) => [span.attributes['cdn.request.id'], span.spanId]));
    for (const line of of(film).lines.origin) {
      const [origin] = spans(film, 'origin').filter((span) => span.attributes['cdn.request.id'] === line.request_id);
      expect(origin?.parentSpanId).toBe(edges.get(line.request_id));
    }
  });

  test('joins the hook’s requests with the log by their key', () => {
    const { joins, traceId } = of('failover').session;
    const requests = spans('failover', 'request');
    const edges = spans('failover', 'edge').filter((span) =>
      requests.some((request) => request.spanId === span.parentSpanId),
    );
    expect(traceId).not.toBe('');
    expect(edges.length).toBeGreaterThanOrEqual(of('failover').lines['edge-b'].length);
    expect(Object.keys(joins)).toContain('request_id');
  });

  test('shows the failover, from first bad sign to first good byte', () => {
    const { lines } = of('failover');
    const firstBad = lines['edge-a'].find((line) => line.status === 503)!;
    const firstGood = lines['edge-b'].find((line) => line.status === 200 && line.uri.endsWith('.m4s'))!;
    const beginMs = startMs(firstBad);
    const endMs = startMs(firstGood);

    const failovers = spans('failover', 'failover');
    expect(failovers).toHaveLength(1);
    const [failover] = failovers;
    expect(failover!.attributes).toMatchObject({
      'playpath.failover.from': 'edge-a',
      'playpath.failover.to': 'edge-b',
      'playpath.failover.reason': '5xx',
      'playpath.failover.result': 'recovered',
    });
    expect(Math.abs(failover!.beginMs - beginMs)).toBeLessThan(TOLERANCE_MS);
    expect(Math.abs(failover!.endMs - endMs)).toBeLessThan(TOLERANCE_MS);

    const route = { from: 'edge-a', to: 'edge-b' };
    expect(sumOf(samples, 'playpath_cdn_failovers_total', { ...route, reason: '5xx', result: 'recovered' })).toBe(1);
    const seconds = sumOf(samples, 'playpath_cdn_failover_seconds_sum', route);
    expect(Math.abs(seconds * 1000 - (endMs - beginMs))).toBeLessThan(TOLERANCE_MS);
    expect(of('failover').session.cdns).toEqual(expect.arrayContaining(['edge-a', 'edge-b']));
  });

  test('counts every refused request once, on the edge that refused it', () => {
    const refused = of('failover').lines['edge-a'].filter((line) => line.status === 503);
    expect(sumOf(samples, 'playpath_request_errors_total', { cdn: 'edge-a', status: '503' })).toBe(refused.length);
    expect(sumOf(samples, 'playpath_request_errors_total', { cdn: 'edge-b' })).toBe(0);
    const spanIds = spans('failover', 'edge').filter((span) => span.attributes['http.response.status_code'] === 503);
    expect(spanIds).toHaveLength(refused.length);
  });

  test.each([
    ['throttled', 'network'],
    ['slow-origin', 'origin_slow'],
  ] as const)('shows the stalls of %s when they happened, for as long, caused by %s', (film, verdict) => {
    const { truth, session } = of(film);
    const stalls = spans(film, 'stall').filter((span) => span.attributes['playpath.stall.kind'] === 'connection');
    expect(truth.stalls.length).toBeGreaterThan(0);
    expect(stalls).toHaveLength(truth.stalls.length);
    for (const [i, { beginMs, endMs }] of truth.stalls.entries()) {
      const stall = stalls[i]!;
      expect(Math.abs(stall.beginMs - beginMs)).toBeLessThan(TOLERANCE_MS);
      expect(Math.abs(stall.endMs - endMs)).toBeLessThan(TOLERANCE_MS);
      expect(stall.attributes['playpath.verdict']).toBe(verdict);
      expect(stall.links.length).toBeGreaterThan(0);
    }
    const evidenceOfStalls = session.incidents
      .filter(({ kind }) => kind === 'stall')
      .flatMap((incident) => incident.evidence);
    const known = of(film).spans.map((span) => span.spanId);
    expect(evidenceOfStalls.filter((id) => !known.includes(id))).toEqual([]);
  });

  test.each([
    ['throttled', 'network'],
    ['slow-origin', 'origin_slow'],
  ] as const)('counts the stalls of %s in the metrics', (film, verdict) => {
    const { stalls } = of(film).truth;
    const seconds = stalls.reduce((sum, { beginMs, endMs }) => sum + (endMs - beginMs) / 1000, 0);
    const labels = { kind: 'connection', verdict };
    expect(sumOf(samples, 'playpath_stalls_total', labels)).toBe(stalls.length);
    const counted = sumOf(samples, 'playpath_stalled_seconds_total', labels);
    expect(Math.abs(counted - seconds) * 1000).toBeLessThan(TOLERANCE_MS * stalls.length);
  });

  test('labels the numbers with the player and the property that the hook named', () => {
    for (const player of ['hls.js', 'shaka']) {
      expect(sumOf(samples, 'playpath_sessions_ended_total', { player, property: 'bed', outcome: 'played' })).toBe(1);
    }
  });

  test('shows how long the slow origin kept silent, and that the edge did not', () => {
    const { lines, spans: all } = of('slow-origin');
    const slow = lines.origin.filter((line) => line.request_time * 1000 >= ORIGIN_DELAY_MS - TOLERANCE_MS);
    expect(slow.length).toBeGreaterThan(0);
    for (const line of slow) {
      const isOf = (span: ApiSpan) => span.attributes['cdn.request.id'] === line.request_id;
      const origin = spans('slow-origin', 'origin').find(isOf)!;
      expect(Math.abs(origin.endMs - origin.beginMs - line.request_time * 1000)).toBeLessThan(TOLERANCE_MS);
      const edge = all.find((span) => span.spanId === origin.parentSpanId)!;
      const waited = [...lines['edge-a'], ...lines['edge-b']].find(({ request_id: id }) => id === line.request_id)!;
      const upstreamMs = Number(waited.upstream_header_time) * 1000;
      expect(upstreamMs).toBeGreaterThan(ORIGIN_DELAY_MS - TOLERANCE_MS);
      expect(Math.abs(Number(edge.attributes['cdn.upstream.ttfb']) * 1000 - upstreamMs)).toBeLessThan(TOLERANCE_MS);
    }
  });

  test.each(['failover', 'throttled', 'slow-origin'] as const)('times the startup of %s', (film) => {
    const { mediaEvents } = of(film).truth;
    const [startup] = spans(film, 'startup');
    const play = mediaEvents.find(({ type }) => type === 'play')!;
    expect(startup!.beginMs).toBeLessThan(play.ts + TOLERANCE_MS);
    // Shaka lets the first frame stand until its buffer is long enough; the element says `playing` before that.
    const playing = mediaEvents.find(({ type }) => type === 'playing')!;
    expect(startup!.endMs).toBeGreaterThan(playing.ts - TOLERANCE_MS);
    expect(startup!.endMs).toBeLessThan(playing.ts + (film === 'throttled' ? 2000 : TOLERANCE_MS));
  });
});

/** What happens to each film while it plays. */
async function act(bed: Bed, film: Film, playback: Playback): Promise<void> {
  if (film === 'failover') {
    await playback.reached(6);
    bed.fault('edge-a-503', film, true);
  } else {
    const fault = film === 'throttled' ? 'edge-a-throttle' : 'origin-late';
    await playback.reached(4);
    bed.fault(fault, film, true);
    await playback.stalled();
    await playback.page.waitForTimeout(1000);
    bed.fault(fault, film, false);
  }
  // dash.js sometimes pauses half a second before the end on a busy machine; that viewer leaves earlier, without a word.
  if (film === 'slow-origin') await playback.reached(26);
  else await playback.ended();
}

/** The session once it is closed and every log line it waited for is in. */
async function closedSession(collector: CollectorProcess, sid: string): Promise<ApiSession> {
  const deadlineMs = Date.now() + 120_000;
  for (;;) {
    const session = await sessionOf(collector.apiUrl, sid);
    if (session !== null && !session.isLive) return session;
    if (Date.now() > deadlineMs) throw new Error(`session ${sid} was not closed:\n${collector.output().slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function logSource(name: string, tier: 'edge' | 'origin', path: string) {
  return { name, format: 'nginx-json', tier, path: [path], lateness: LATENESS };
}

/** nginx writes the end of a request. */
function startMs(line: LogLine): number {
  return (line.ts - line.request_time) * 1000;
}
