import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { CacheStatus, ObjectType, PlayerState } from '../../collector/model/media.ts';
import type { PlayerEvent, PlayerEventName } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report, sourceOf } from './support.ts';

const ROOT = join(import.meta.dirname, '../fixtures/recordings');
const STATES: Record<string, PlayerState> = {
  d: 'preloading',
  s: 'starting',
  p: 'playing',
  k: 'seeking',
  r: 'rebuffering',
  a: 'paused',
  e: 'ended',
  f: 'failed',
};
const TYPES: Record<string, ObjectType> = { m: 'manifest', v: 'video', a: 'audio', av: 'muxed', i: 'init', k: 'key' };
/** One recorded run, read with just enough of each format: the real decoders have tests of their own. */
export type RecordedRun = {
  /** Requests of the players, edge halves joined to origin halves by request id, in order of begin. */
  readonly requests: readonly JoinedRequest[];
  /** CMCD events except `rr`, in order of (ts, sn). */
  readonly events: readonly PlayerEvent[];
};

export function recordedRun(name: string): RecordedRun {
  const origins = new Map(logLines(name, 'origin').map((line) => [line.x_request_id || line.request_id, line]));
  const requests = ['edge-a', 'edge-b'].flatMap((node) =>
    logLines(name, node)
      .filter((line) => /CMCD=/.test(`${line.args}`) && line.method === 'GET')
      .map((line) => joined(node, line, origins.get(line.request_id))),
  );
  return { requests: requests.sort((a, b) => a.startMs - b.startMs), events: playerEvents(name) };
}

type Line = Record<string, string | number>;

function logLines(run: string, node: string): Line[] {
  return readFileSync(join(ROOT, run, `${node}.json`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function joined(node: string, line: Line, above: Line | undefined): JoinedRequest {
  const edge = half('edge', node, line);
  const origin = above ? half('origin', 'origin-1', above) : null;
  return {
    player: null,
    edge: { report: edge, joinMethod: '', joinConfidence: 1 },
    shield: null,
    origin: origin && { report: origin, joinMethod: 'request_id', joinConfidence: 1 },
    startMs: edge.startMs,
    endMs: edge.startMs + edge.durationMs,
    cdn: node,
    path: edge.path,
    objectType: edge.objectType,
    status: edge.status,
    spanId: `${line.request_id}`.slice(0, 16),
  };
}

function half(tier: 'edge' | 'origin', node: string, line: Line): RequestReport {
  const made = report({ tier, emitter: node });
  const tookMs = Number(line.request_time) * 1000;
  made.startMs = Number(line.ts) * 1000 - tookMs;
  made.durationMs = tookMs;
  made.path = `${line.uri}`;
  made.host = `${line.host}`;
  made.status = Number(line.status);
  made.bodyBytes = Number(line.body_bytes_sent);
  made.isComplete = line.completion === 'OK';
  made.cacheStatus = `${line.cache_status ?? ''}`.toLowerCase() as CacheStatus;
  made.upstreamTtfbMs = millis(line.upstream_header_time);
  made.upstreamDurationMs = millis(line.upstream_response_time);
  made.upstreamStatus = Number(line.upstream_status || Number.NaN);
  made.requestId = `${line.request_id}`;
  const query = /CMCD=([^&]*)/.exec(`${line.args}`)?.[1] ?? '';
  readCmcd(made, new Map(pairs(decodeURIComponent(query.replaceAll('+', ' ')))));
  return made;
}

function readCmcd(made: RequestReport, keys: ReadonlyMap<string, string>): void {
  const { cmcd } = made;
  const number = (key: string): number => Number.parseFloat((keys.get(key) ?? '').replace(/^\(/, ''));
  cmcd.sid = keys.get('sid') ?? '';
  cmcd.version = number('v') || 1;
  cmcd.sn = number('sn');
  cmcd.state = STATES[keys.get('sta') ?? ''] ?? '';
  cmcd.bitrateKbps = number('br');
  cmcd.lowestBitrateKbps = number('lb') || number('lab');
  cmcd.topBitrateKbps = number('tb');
  cmcd.bufferMs = number('bl');
  cmcd.objectDurationMs = number('d');
  cmcd.startDelayMs = number('msd');
  cmcd.isStarved = keys.has('bs');
  cmcd.starvedMs = number('bsd');
  cmcd.objectType = TYPES[keys.get('ot') ?? ''] ?? '';
  made.objectType = cmcd.objectType || 'other';
}

function playerEvents(run: string): PlayerEvent[] {
  const events: PlayerEvent[] = [];
  const source = sourceOf('player', 'player');
  for (const text of readFileSync(join(ROOT, run, 'sink.ndjson'), 'utf8').split('\n')) {
    if (text === '') continue;
    const post = JSON.parse(text) as { kind: string; recv: number; body: string };
    if (post.kind !== 'cmcd') continue;
    for (const line of post.body.split('\n')) {
      const keys = new Map(pairs(line));
      const name = NAMES[keys.get('e') ?? ''];
      if (!name) continue;
      const state = STATES[keys.get('sta') ?? ''];
      const bitrate = Number.parseFloat((keys.get('br') ?? '').replace(/^\(/, ''));
      const buffer = Number.parseFloat((keys.get('bl') ?? '').replace(/^\(/, ''));
      events.push({
        kind: 'player',
        name,
        source,
        sid: keys.get('sid') ?? '',
        tsMs: Number(keys.get('ts')),
        receivedMs: post.recv,
        seq: Number(keys.get('sn')),
        ...(state ? { state } : {}),
        ...(bitrate > 0 ? { bitrateKbps: bitrate } : {}),
        ...(buffer >= 0 ? { bufferMs: buffer } : {}),
        ...(name === 'rendition' ? { phase: 'requested' as const } : {}),
        ...(name === 'error' ? { isFatal: state === 'failed', errorCode: keys.get('ec') ?? '' } : {}),
      });
    }
  }
  return events.sort((a, b) => a.tsMs - b.tsMs || (a.seq ?? 0) - (b.seq ?? 0));
}

const NAMES: Record<string, PlayerEventName> = { ps: 'state', t: 'heartbeat', bc: 'rendition', e: 'error' };

/** Splits `key=value` at commas outside quotes and parentheses. */
function pairs(text: string): [string, string][] {
  return [...text.matchAll(/([A-Za-z.-]+)(?:=("[^"]*"|\([^)]*\)|[^,]*))?(?:,|$)/g)].map((match) => [
    match[1] as string,
    (match[2] ?? '').replace(/^"|"$/g, ''),
  ]);
}

function millis(value: string | number | undefined): number {
  return value === '' || value === undefined ? Number.NaN : Number.parseFloat(`${value}`) * 1000;
}
