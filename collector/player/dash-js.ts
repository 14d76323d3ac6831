import { subscribe } from './listeners.ts';
import type { PlayerAdapter } from './player-adapter.ts';
import { type Rendition, renditionOf } from './rendition.ts';

/** The parts of dash.js (5) that the hook uses. https://cdn.dashjs.org/latest/jsdoc/module-MediaPlayer.html */
export type DashJs = {
  on(type: string, listener: (event: never) => void, scope?: object): void;
  off(type: string, listener: (event: never) => void, scope?: object): void;
  attachView(element: HTMLMediaElement): void;
  getVideoElement(): HTMLMediaElement;
  getSettings(): {
    readonly streaming?: { readonly cmcd?: { readonly enabled?: boolean; readonly sid?: string | null } };
  };
  getAutoPlay(): boolean;
  isDynamic(): boolean;
  getCurrentLiveLatency(): number;
  getAverageThroughput(type: 'video'): number;
  addRequestInterceptor(interceptor: Interceptor): void;
  removeRequestInterceptor(interceptor: Interceptor): void;
};

type Interceptor = (request: DashRequest) => Promise<DashRequest>;
type DashRequest = { url: string; readonly customData?: { readonly request?: { readonly type?: string } } };
type Representation = { readonly bitrateInKbit: number; readonly height?: number };
type SwitchEvent = {
  readonly mediaType: string;
  readonly newRepresentation?: Representation | null;
  readonly reason?: { readonly name?: string; readonly message?: string } | null;
};
type ErrorEvent = {
  readonly error?: {
    readonly code?: number;
    readonly message?: string;
    readonly data?: { readonly request?: { readonly url?: string }; readonly response?: { readonly status?: number } };
  };
};

/** Manifests and segments only: never licences, time sync or content steering. */
const MARKED_TYPES = /^(MPD|.*Segment)$/;

/**
 * https://cdn.dashjs.org/latest/jsdoc/Errors.html: no manifest, no stream or no media source, and nothing was shown yet.
 * Later, a failed segment leaves other CDNs and a buffer, and a live manifest is asked for again.
 */
const FATAL_AT_START = /^(1[01]|2[345]|3[1245])$/;
const FIRST_KEY_ERROR = 100;

export function isDashJs(target: object): target is DashJs {
  return 'attachView' in target;
}

export function dashJsAdapter(dash: DashJs): PlayerAdapter {
  return {
    name: 'dash.js',
    // dash.js throws from its getters until it is initialised, and no getter says whether it is.
    element: () => quietly(() => dash.getVideoElement()) ?? null,
    session() {
      const cmcd = dash.getSettings().streaming?.cmcd;
      return cmcd?.enabled ? cmcd.sid : '';
    },
    isAutoplayWanted: () => !!quietly(() => dash.getAutoPlay()),
    measuredKbps: () => quietly(() => dash.getAverageThroughput('video')) || undefined,
    liveLatencySeconds: () => quietly(() => (dash.isDynamic() ? dash.getCurrentLiveLatency() : Number.NaN)),
    listen(reports, withJoinKey) {
      const mark: Interceptor = async (request) => {
        if (MARKED_TYPES.test(request.customData?.request?.type ?? '')) request.url = withJoinKey!(request.url);
        return request;
      };
      if (withJoinKey) dash.addRequestInterceptor(mark);
      const unsubscribe = subscribe(dash, {
        qualityChangeRequested: onVideo((rendition, reason) => reports.requested(rendition, reason)),
        qualityChangeRendered: onVideo((rendition) => reports.applied(rendition)),
        contentSteeringRequestCompleted: () => reports.steered(),
        error({ error }: ErrorEvent) {
          const { code = 0, data } = error ?? {};
          const url = data?.request?.url;
          const request = url ? { url, status: data?.response?.status } : undefined;
          const hasPicture = quietly(() => dash.getVideoElement().readyState);
          const isFatal = code >= FIRST_KEY_ERROR || (!hasPicture && FATAL_AT_START.test(`${code}`));
          reports.error({ code: `${code}`, message: error?.message, isFatal, request });
        },
        playbackError: ({ error }: ErrorEvent) =>
          reports.error({ code: `media_${error?.code}`, message: error?.message, isFatal: true }),
      });
      return () => {
        unsubscribe();
        if (withJoinKey) dash.removeRequestInterceptor(mark);
      };
    },
  };
}

function onVideo(report: (rendition: Rendition, reason?: string) => void): (event: SwitchEvent) => void {
  return ({ mediaType, newRepresentation, reason }) => {
    if (mediaType !== 'video' || !newRepresentation) return;
    const { bitrateInKbit, height } = newRepresentation;
    // Most rules name themselves only in the text: `[ThroughputRule]: Switching to Representation with bitrate …`.
    const rule = reason?.name ?? reason?.message?.replace(/^\[(\w+)\].*/s, '$1');
    report(renditionOf(bitrateInKbit * 1000, height), rule);
  };
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
