import type { PlayerKind } from '../scenario.ts';
import type { PlayerStatus, PlayerVoice } from '../session-facts.ts';
import { CmcdV1Voice } from './cmcd-v1-voice.ts';
import { DashJsVoice } from './dash-js-voice.ts';
import { HlsJsVoice } from './hls-js-voice.ts';
import { PlaypathVoice } from './playpath-voice.ts';
import { ShakaVoice } from './shaka-voice.ts';
import { SilentVoice } from './silent-voice.ts';

/** The voice of each kind of player: one line here and one file beside this one. */
export function voiceOf(kind: PlayerKind): (status: PlayerStatus) => PlayerVoice {
  switch (kind) {
    case 'hls.js':
      return (status) => new HlsJsVoice(status);
    case 'dash.js':
      return (status) => new DashJsVoice(status);
    case 'shaka':
      return (status) => new ShakaVoice(status);
    case 'cmcd-v1':
      return (status) => new CmcdV1Voice(status);
    case 'playpath':
      return (status) => new PlaypathVoice(status);
    case 'plain':
      return () => new SilentVoice();
    default: {
      const never: never = kind;
      return never;
    }
  }
}
