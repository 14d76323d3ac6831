import { subscribe } from './listeners.ts';
import type { PlayerAdapter } from './player-adapter.ts';

/** A plain `<video>` or `<audio>`: the browser plays a file or HLS by itself, and nothing can be added to its URLs. */
export function nativeVideoAdapter(element: HTMLMediaElement): PlayerAdapter {
  return {
    name: 'native',
    element: () => element,
    rendition: () => ({ bitrateKbps: undefined, height: (element as HTMLVideoElement).videoHeight }),
    listen: (reports) =>
      subscribe(element, {
        // MEDIA_ERR_ABORTED 1, _NETWORK 2, _DECODE 3, _SRC_NOT_SUPPORTED 4
        error: () =>
          reports.error({ code: `media_${element.error?.code}`, message: element.error?.message, isFatal: true }),
      }),
  };
}
