import { ServerPlayback } from '../../collector/correlate/server/server-playback.ts';
import type { ServerPlaybackSettings } from '../../collector/correlate/server/server-settings.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { PlaybackLog } from './playback-log.ts';
import { edgeRequest } from './support.ts';

export type Cmcd = Partial<RequestReport['cmcd']>;

export function watched(
  requests: readonly JoinedRequest[],
  settings: Partial<ServerPlaybackSettings> = {},
): { readonly log: PlaybackLog; readonly server: ServerPlayback } {
  const log = new PlaybackLog();
  const server = new ServerPlayback(log, settings);
  for (const request of requests) server.step(request);
  server.finish(Math.max(...requests.map(({ endMs }) => endMs)));
  return { log, server };
}

export const manifest = (at: number, more: Cmcd = {}): JoinedRequest =>
  edgeRequest({ at, path: '/v/main.m3u8', objectType: 'manifest', durationMs: 30, cmcd: more });

/** Segment `n` of a rendition, 4 s of media unless told. */
export function segment(
  n: number,
  at: number,
  tookMs: number,
  cmcd: Cmcd = {},
  more: Partial<RequestReport> = {},
): JoinedRequest {
  const stated = { objectDurationMs: 4_000, ...cmcd };
  return edgeRequest({
    at,
    path: `/v2/seg_${n}.m4s`,
    durationMs: tookMs,
    ttfbMs: 20,
    bodyBytes: 1_000_000,
    ...more,
    cmcd: stated,
  });
}

/** `count` segments from `first`, one every 4 s. */
export function steady(first: number, count: number, fromMs: number, cmcd: Cmcd = {}): JoinedRequest[] {
  return Array.from({ length: count }, (_, i) => segment(first + i, fromMs + i * 4_000, 200, cmcd));
}
