import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordingSources, replayOutput } from '../support/replay-output.ts';

/** Incidents of recorded runs, against what the browser's own video element and the edge logs say of them. */

const TOLERANCE_MS = 250;

type Json = Readonly<Record<string, unknown>>;

function lines(run: string, file: string): Json[] {
  const path = new URL(`../fixtures/recordings/${run}/${file}`, import.meta.url);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);
}

/** First 503 of edge A, and first byte of the first whole segment from edge B after it. */
function loggedFailover(run: string): { beginMs: number; endMs: number } {
  const startMs = ({ ts, request_time }: Json) => Number(ts) * 1000 - Number(request_time) * 1000;
  const isSegment = ({ uri }: Json) => /(?:seg|chunk)[^/]*\.m4s$/.test(String(uri));
  const failed = lines(run, 'edge-a.json')
    .filter((line) => isSegment(line) && line.status === 503)
    .map(startMs);
  const beginMs = Math.min(...failed);
  const saved = lines(run, 'edge-b.json')
    .filter((line) => isSegment(line) && line.status === 200 && line.completion === 'OK' && startMs(line) >= beginMs)
    .map((line) => startMs(line) + Number(line.upstream_header_time || 0) * 1000);
  return { beginMs, endMs: Math.min(...saved) };
}

/** `waiting` to `playing` of the video element after its first `playing`, as the page noted them. */
function seenStalls(run: string): { beginMs: number; endMs: number }[] {
  const notes = lines(run, 'sink.ndjson')
    .filter(({ kind }) => kind === 'beacon')
    .flatMap(({ body }) =>
      String(body)
        .split('\n')
        .map((line) => JSON.parse(line) as Json),
    )
    .sort((a, b) => Number(a.ts) - Number(b.ts));
  const stalls: { beginMs: number; endMs: number }[] = [];
  let hasPlayed = false;
  let waitingMs = Number.NaN;
  for (const { type, ts } of notes) {
    if (type === 'media.waiting' && hasPlayed && Number.isNaN(waitingMs)) waitingMs = Number(ts);
    if (type !== 'media.playing') continue;
    if (Number(ts) - waitingMs >= TOLERANCE_MS) stalls.push({ beginMs: waitingMs, endMs: Number(ts) });
    hasPlayed = true;
    waitingMs = Number.NaN;
  }
  return stalls;
}

function expectNear(actualMs: number, expectedMs: number): void {
  expect(Math.abs(actualMs - expectedMs), `${actualMs} for ${expectedMs}`).toBeLessThanOrEqual(TOLERANCE_MS);
}

for (const run of ['hls-failover2', 'rid-hls', 'rid-dash', 'hls-v1-redundant', 'shaka-failover']) {
  test(`${run}: one failover from edge-a to edge-b because of 503s, as long as the logs say`, async () => {
    const { spans } = await replayOutput(recordingSources(run));
    const failovers = spans.filter(({ name }) => name === 'failover');
    expect(failovers).toHaveLength(1);
    const [failover] = failovers;
    const { beginMs, endMs } = loggedFailover(run);
    expect(Object.fromEntries(failover?.attributes ?? [])).toMatchObject({
      'playpath.failover.from': 'edge-a',
      'playpath.failover.to': 'edge-b',
      'playpath.failover.reason': '5xx',
      'playpath.failover.result': 'recovered',
      'playpath.verdict': 'edge_error',
    });
    expectNear(failover?.startMs ?? 0, beginMs);
    expectNear(failover?.endMs ?? 0, endMs);
  });
}

test('hls-rebuffer: the stalls the viewer saw, on the CDN that was slow', async () => {
  const { spans } = await replayOutput(recordingSources('hls-rebuffer'));
  const stalls = spans.filter(({ name }) => name === 'stall').sort((a, b) => a.startMs - b.startMs);
  const seen = seenStalls('hls-rebuffer');
  expect(stalls).toHaveLength(seen.length);
  for (const [at, stall] of stalls.entries()) {
    expectNear(stall.startMs, seen[at]?.beginMs ?? 0);
    expectNear(stall.endMs, seen[at]?.endMs ?? 0);
    expect(stall.attributes.get('playpath.stall.kind')).toBe('connection');
    expect(stall.attributes.get('playpath.verdict')).toBe('network');
    const proof = spans.filter(({ name, spanId }) => name === 'request' && stall.links.includes(spanId));
    expect(proof.length).toBeGreaterThan(0);
    for (const request of proof) expect(request.attributes.get('cdn.name')).toBe('edge-a');
  }
});

test('shaka-throttle: what came below the lowest rendition is the network, whatever the sound takes', async () => {
  const { sessions } = await replayOutput(recordingSources('shaka-throttle'));
  const incidents = sessions.flatMap((session) => session.incidents);
  expect(incidents.map(({ verdict }) => verdict)).toEqual(Array(incidents.length).fill('network'));
  expect(incidents.filter(({ kind }) => kind === 'stall').length).toBeGreaterThan(2);
  for (const { sentence } of incidents) expect(sentence).toContain('below the lowest rendition (213 kbit/s)');
});

test('dash-rebuffer: what comes when a stall is over, sound, and retries do not make the line look wide', async () => {
  const { sessions } = await replayOutput(recordingSources('dash-rebuffer'));
  const stalls = sessions.flatMap(({ incidents }) => incidents).filter(({ kind }) => kind === 'stall');
  expect(stalls.map(({ verdict }) => verdict)).toEqual(['network', 'network']);
});

test('hls-failover2: the throttled segments of edge-b are spans as long as the edge logged', async () => {
  const { spans } = await replayOutput(recordingSources('hls-failover2'));
  const slow = lines('hls-failover2', 'edge-b.json').filter(
    ({ request_time, completion }) => Number(request_time) > 2 && completion === 'OK',
  );
  expect(slow.length).toBeGreaterThan(5);
  for (const line of slow) {
    const edge = spans.find(
      ({ name, attributes }) => name === 'edge' && attributes.get('cdn.request.id') === line.request_id,
    );
    expect(edge?.service).toBe('edge-b');
    expectNear((edge?.endMs ?? 0) - (edge?.startMs ?? 0), Number(line.request_time) * 1000);
  }
});

test('shaka-nocmcd: the stalls the viewer saw, of a player that says nothing, on demuxed segments of unknown length', async () => {
  const { sessions } = await replayOutput(recordingSources('shaka-nocmcd'));
  const truth = JSON.parse(
    readFileSync(new URL('../fixtures/recordings/shaka-nocmcd/truth.json', import.meta.url), 'utf8'),
  ) as { stalls: { beginMs: number; endMs: number }[] };
  const stalls = sessions.flatMap(({ incidents }) => incidents).filter(({ kind }) => kind === 'stall');
  expect(stalls).toHaveLength(truth.stalls.length);
  for (const [at, { beginMs, endMs, verdict }] of stalls.entries()) {
    const seen = truth.stalls[at];
    // A segment of a guessed length: half a second, where a player's own words are good for a quarter.
    expect(Math.abs(beginMs - (seen?.beginMs ?? 0))).toBeLessThan(500);
    expect(Math.abs(endMs - (seen?.endMs ?? 0))).toBeLessThan(500);
    expect(verdict).toBe('network');
  }
});
