import { subscribe } from './listeners.ts';
import type { PlayerAdapter } from './player-adapter.ts';
import { renditionOf } from './rendition.ts';

/** The parts of Shaka Player (4 and later) that the hook uses. https://shaka-player-demo.appspot.com/docs/api/shaka.Player.html */
export type Shaka = EventTarget & {
  getMediaElement(): HTMLMediaElement | null;
  getNetworkingEngine(): NetworkingEngine | null;
  getConfiguration(): { readonly cmcd?: { readonly enabled?: boolean; readonly sessionId?: string } };
  getStats(): { readonly estimatedBandwidth: number; readonly liveLatency: number };
  getVariantTracks(): readonly Track[];
  isLive(): boolean;
  load(...args: unknown[]): Promise<unknown>;
};

type NetworkingEngine = {
  registerRequestFilter(filter: RequestFilter): void;
  unregisterRequestFilter(filter: RequestFilter): void;
};
type RequestFilter = (type: number, request: { uris: string[] }) => void;
type Track = { readonly active: boolean; readonly bandwidth: number; readonly height?: number | null };
type ShakaError = {
  readonly severity?: number;
  readonly code?: number;
  readonly message?: string;
  readonly data?: readonly unknown[];
};
type DownloadFailed = {
  readonly request?: { readonly uris?: readonly string[] };
  readonly error?: ShakaError | null;
  readonly httpResponseCode?: number;
};

/** `RequestType.MANIFEST` is 0, `SEGMENT` 1; licences, certificates, keys and content steering come after. */
const LAST_MARKED_TYPE = 1;
const SEVERITY_CRITICAL = 2;
const CODE_BAD_STATUS = 1001;
const CODE_TIMEOUT = 1003;
/** 7000–7003: the application loaded something else or left. */
const INTERRUPTED_CODES = /^700/;

export function isShaka(target: object): target is Shaka {
  return 'getNetworkingEngine' in target;
}

export function shakaAdapter(shaka: Shaka): PlayerAdapter {
  return {
    name: 'shaka',
    element: () => shaka.getMediaElement(),
    session() {
      const { cmcd } = shaka.getConfiguration();
      return cmcd?.enabled ? cmcd.sessionId : '';
    },
    measuredKbps: () => shaka.getStats().estimatedBandwidth / 1000,
    liveLatencySeconds: () => (shaka.isLive() ? shaka.getStats().liveLatency : Number.NaN),
    rendition: () =>
      shaka
        .getVariantTracks()
        .filter((track) => track.active)
        .map(({ bandwidth, height }) => renditionOf(bandwidth, height))[0],
    listen(reports, withJoinKey) {
      const failed = (error: ShakaError) => {
        const { code = 0, message, severity, data } = error;
        if (INTERRUPTED_CODES.test(`${code}`)) return;
        const request = code === CODE_BAD_STATUS ? { url: `${data?.[0]}`, status: Number(data?.[1]) } : undefined;
        reports.error({ code: `${code}`, message, isFatal: severity === SEVERITY_CRITICAL, request });
      };
      const switched = ({ type, newTrack }: { type: string; newTrack?: Track | null }) => {
        if (newTrack)
          reports.requested(
            renditionOf(newTrack.bandwidth, newTrack.height),
            type === 'adaptation' ? 'abr' : undefined,
          );
      };
      const unsubscribe = subscribe(shaka, {
        adaptation: switched,
        variantchanged: switched,
        buffering: ({ buffering }: { buffering: boolean }) => reports.held(buffering),
        error: ({ detail }: CustomEvent<ShakaError>) => failed(detail),
        downloadfailed({ request, error, httpResponseCode }: DownloadFailed) {
          const url = request?.uris?.[0];
          if (url) reports.failed({ url, status: httpResponseCode, isTimeout: error?.code === CODE_TIMEOUT });
        },
      });
      // A failed load() rejects and dispatches nothing, so a start failure can only be seen here.
      const load = shaka.load;
      shaka.load = (...args) => {
        const loading = load.apply(shaka, args);
        loading.catch(failed);
        return loading;
      };
      const network = shaka.getNetworkingEngine();
      const mark: RequestFilter = (type, request) => {
        if (type <= LAST_MARKED_TYPE) request.uris = request.uris.map(withJoinKey!);
      };
      if (withJoinKey) network?.registerRequestFilter(mark);
      return () => {
        unsubscribe();
        shaka.load = load;
        network?.unregisterRequestFilter(mark);
      };
    },
  };
}
