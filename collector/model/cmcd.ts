import type { ObjectType, PlayerState, StreamType } from './media.ts';
import { blankNumbers, copyNumbers, keepInNumbers } from './numbers.ts';
import type { UnixMs } from './time.ts';

/**
 * The numbers of a payload, in the order in which `numbers` holds them. The first are those that players send with
 * every request, then those that few send or rarely, then those that no later stage asks for.
 */
export const CMCD_NUMBERS = [
  'sn',
  'bitrateKbps',
  'bufferMs',
  'objectDurationMs',
  'deadlineMs',
  'measuredKbps',
  'topBitrateKbps',
  'lowestBitrateKbps',
  'playheadBitrateKbps',
  'startDelayMs',
  'starvedMs',
  'liveLatencyMs',
  'version',
  'requestedMaxKbps',
  'playbackRate',
  'playheadMs',
  'droppedFrames',
  'ts',
  'responseCode',
  'ttfbMs',
  'ttlbMs',
] as const satisfies readonly (keyof Cmcd)[];
const NO_NUMBERS = blankNumbers(CMCD_NUMBERS, { version: 1 });

/**
 * What one CMCD payload says (CTA-5004 and CTA-5004-B), in our units and words.
 * Mutable and reused: a decoder clears it, a scanner fills it. Absent numbers are NaN, absent strings ''.
 * Bitrates are kbit/s as on the wire; list values (`br=(2885;v 65;a)`) hold their first number.
 */
export class Cmcd {
  /** What `CMCD_NUMBERS` names, in that order. */
  readonly numbers: number[] = NO_NUMBERS.slice();
  sid = '';
  /** A small number that is mostly the same for the same `sid`, so that a look-up by it can guess; -1 for none. */
  sidHint = -1;
  cid = '';
  declare version: number;
  /** Request or event counter, per mode and target. */
  declare sn: number;
  objectType: ObjectType | '' = '';
  streamType: StreamType = '';
  /** `d h s o` as on the wire. */
  streamingFormat = '';
  state: PlayerState | '' = '';
  declare bitrateKbps: number;
  declare topBitrateKbps: number;
  declare lowestBitrateKbps: number;
  declare playheadBitrateKbps: number;
  declare bufferMs: number;
  declare objectDurationMs: number;
  declare deadlineMs: number;
  declare measuredKbps: number;
  declare requestedMaxKbps: number;
  declare startDelayMs: number;
  declare liveLatencyMs: number;
  declare playbackRate: number;
  declare playheadMs: number;
  declare droppedFrames: number;
  /** `bs`: starved since the last report. */
  isStarved = false;
  /** `bsd`: how long that starvation lasted. */
  declare starvedMs: number;
  isStartup = false;
  isBackground = false;
  cdn = '';
  // Event mode only.
  event = '';
  customEvent = '';
  declare ts: UnixMs;
  url = '';
  declare responseCode: number;
  declare ttfbMs: number;
  declare ttlbMs: number;
  errorCodes = '';
  host = '';
  /** The payload broke the grammar; what could be read was kept. */
  isMalformed = false;

  clear(): void {
    copyNumbers(NO_NUMBERS, this.numbers);
    this.sid = '';
    this.sidHint = -1;
    this.cid = '';
    this.objectType = '';
    this.streamType = '';
    this.streamingFormat = '';
    this.state = '';
    this.isStarved = false;
    this.isStartup = false;
    this.isBackground = false;
    this.cdn = '';
    this.event = '';
    this.customEvent = '';
    this.url = '';
    this.errorCodes = '';
    this.host = '';
    this.isMalformed = false;
  }
}

keepInNumbers(Cmcd.prototype, CMCD_NUMBERS);
