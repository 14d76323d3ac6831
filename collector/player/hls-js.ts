import { subscribe } from './listeners.ts';
import type { PlayerAdapter, PlayerReports } from './player-adapter.ts';
import { renditionOf } from './rendition.ts';

/** The parts of hls.js (1.4 and later) that the hook uses. https://github.com/video-dev/hls.js/blob/master/docs/API.md */
export type HlsJs = {
  readonly config: HlsConfig;
  readonly media: HTMLMediaElement | null;
  readonly sessionId?: string;
  readonly levels: readonly Level[];
  readonly autoLevelEnabled: boolean;
  readonly bandwidthEstimate: number;
  readonly latency: number;
  readonly latestLevelDetails?: { readonly live: boolean } | null;
  loadSource(url: string): void;
  on(event: string, listener: (event: string, data: never) => void): void;
  off(event: string, listener: (event: string, data: never) => void): void;
};

type Level = { readonly bitrate: number; readonly height: number };
type Context = { url: string; readonly type?: string; readonly frag?: unknown; readonly keyInfo?: unknown };
type HlsConfig = {
  readonly cmcd?: { readonly sessionId?: string };
  xhrSetup?: ((xhr: XMLHttpRequest, url: string, context: Context) => void | Promise<void>) | undefined;
};
type ErrorData = {
  readonly details: string;
  readonly fatal: boolean;
  readonly error?: { readonly message?: string };
  readonly url?: string;
  readonly frag?: { readonly url?: string };
  readonly response?: { readonly code?: number };
};

/** Playlists and fragments only: never keys, licences, certificates or content steering. */
const MARKED_TYPES = /^(manifest|level|audioTrack|subtitleTrack|media-fragment)$/;

export function isHlsJs(target: object): target is HlsJs {
  return 'loadSource' in target;
}

export function hlsJsAdapter(hls: HlsJs): PlayerAdapter {
  return {
    name: 'hls.js',
    element: () => hls.media,
    session: () => hls.config.cmcd?.sessionId || hls.sessionId,
    measuredKbps: () => hls.bandwidthEstimate / 1000,
    liveLatencySeconds: () => (hls.latestLevelDetails?.live ? hls.latency : Number.NaN),
    listen(reports, withJoinKey) {
      const unmark = withJoinKey && markRequests(hls.config, withJoinKey);
      const unsubscribe = subscribe(hls, {
        hlsLevelSwitching: (_: string, level: Level) =>
          reports.requested(renditionOf(level.bitrate, level.height), hls.autoLevelEnabled ? 'abr' : 'manual'),
        hlsLevelSwitched(_: string, { level }: { level: number }) {
          const { bitrate, height } = hls.levels[level]!;
          reports.applied(renditionOf(bitrate, height));
        },
        hlsSteeringManifestLoaded: () => reports.steered(),
        hlsError: (_: string, data: ErrorData) => reportError(data, reports.error),
      });
      return () => {
        unsubscribe();
        unmark?.();
      };
    },
  };
}

function reportError(data: ErrorData, report: PlayerReports['error']): void {
  const { details, fatal, error } = data;
  // A stall is a state, and the hook sees it at the media element; as an error it would be counted twice.
  if (details === 'bufferStalledError' && !fatal) return;
  const url = data.frag?.url ?? data.url;
  const isLoad = /Load(Error|TimeOut)$/.exec(details);
  report({
    code: details,
    message: error?.message,
    isFatal: fatal,
    request: isLoad && url ? { url, status: data.response?.code, isTimeout: isLoad[1] === 'TimeOut' } : undefined,
  });
}

/** hls.js opens the connection with `context.url` unless a set-up function did; so changing it is enough. */
function markRequests(config: HlsConfig, withJoinKey: (url: string) => string): () => void {
  const { xhrSetup } = config;
  // When a set-up function throws, hls.js opens the connection and calls it again: the URL must not change any more.
  const done = new WeakSet<XMLHttpRequest>();
  config.xhrSetup = (xhr, _, context) => {
    if (!done.has(xhr) && isMarked(context)) context.url = withJoinKey(context.url);
    done.add(xhr);
    return xhrSetup?.(xhr, context.url, context);
  };
  return () => {
    config.xhrSetup = xhrSetup;
  };
}

/** hls.js before 1.7 gives fragments no type. */
function isMarked({ type, frag, keyInfo }: Context): boolean {
  return type ? MARKED_TYPES.test(type) : !!frag && !keyInfo;
}
