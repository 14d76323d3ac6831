import { subscribe } from './listeners.ts';
import type { PlayerAdapter } from './player-adapter.ts';
import { renditionOf } from './rendition.ts';

/**
 * The parts of the Amazon IVS web player that the hook uses. It loads media in a worker, so its requests are out of
 * reach: no request events, no `rid`. https://aws.github.io/amazon-ivs-player-docs/1.56.1/web/
 */
export type Ivs = {
  getHTMLVideoElement(): HTMLVideoElement;
  getSessionId(): string | undefined;
  getQuality(): Quality;
  getLiveLatency(): number;
  isAutoplay(): boolean;
  addEventListener(type: string, listener: (payload: never) => void): void;
  removeEventListener(type: string, listener: (payload: never) => void): void;
};

type Quality = { readonly bitrate: number; readonly height: number };
type IvsError = { readonly type: string; readonly message: string };

/** A live stream has no end: its duration is infinite. */
const LONGEST_RECORDING_SECONDS = 1e9;

export function isIvs(target: object): target is Ivs {
  return 'getHTMLVideoElement' in target;
}

export function ivsAdapter(ivs: Ivs): PlayerAdapter {
  return {
    name: 'ivs',
    element: () => ivs.getHTMLVideoElement(),
    session: () => ivs.getSessionId(),
    isAutoplayWanted: () => ivs.isAutoplay(),
    liveLatencySeconds: () =>
      ivs.getHTMLVideoElement().duration > LONGEST_RECORDING_SECONDS ? ivs.getLiveLatency() : Number.NaN,
    rendition() {
      const { bitrate, height } = ivs.getQuality();
      return renditionOf(bitrate, height);
    },
    listen: (reports) =>
      subscribe(ivs, {
        PlayerQualityChanged: ({ bitrate, height }: Quality) => reports.applied(renditionOf(bitrate, height)),
        // After play() and before the media element is told to play.
        Buffering: () => reports.asked(),
        PlayerRebuffering: () => reports.held(true),
        Playing: () => reports.held(false),
        PlayerError: ({ type, message }: IvsError) => reports.error({ code: type, message, isFatal: true }),
      }),
  };
}
