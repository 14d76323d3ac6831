import type { ObjectType, PlayerState, StreamType } from './media.ts';
import type { UnixMs } from './time.ts';

/**
 * What one CMCD payload says (CTA-5004 and CTA-5004-B), in our units and words.
 * Mutable and reused: a decoder clears it, a scanner fills it. Absent numbers are NaN, absent strings ''.
 * Bitrates are kbit/s as on the wire; list values (`br=(2885;v 65;a)`) hold their first number.
 */
export class Cmcd {
  sid = '';
  cid = '';
  version = 1;
  /** Request or event counter, per mode and target. */
  sn = Number.NaN;
  objectType: ObjectType | '' = '';
  streamType: StreamType = '';
  /** `d h s o` as on the wire. */
  streamingFormat = '';
  state: PlayerState | '' = '';
  bitrateKbps = Number.NaN;
  topBitrateKbps = Number.NaN;
  lowestBitrateKbps = Number.NaN;
  playheadBitrateKbps = Number.NaN;
  bufferMs = Number.NaN;
  objectDurationMs = Number.NaN;
  deadlineMs = Number.NaN;
  measuredKbps = Number.NaN;
  requestedMaxKbps = Number.NaN;
  startDelayMs = Number.NaN;
  liveLatencyMs = Number.NaN;
  playbackRate = Number.NaN;
  playheadMs = Number.NaN;
  droppedFrames = Number.NaN;
  /** `bs`: starved since the last report. */
  isStarved = false;
  /** `bsd`: how long that starvation lasted. */
  starvedMs = Number.NaN;
  isStartup = false;
  isBackground = false;
  cdn = '';
  // Event mode only.
  event = '';
  customEvent = '';
  ts: UnixMs = Number.NaN;
  url = '';
  responseCode = Number.NaN;
  ttfbMs = Number.NaN;
  ttlbMs = Number.NaN;
  errorCodes = '';
  host = '';
  /** The payload broke the grammar; what could be read was kept. */
  isMalformed = false;

  clear(): void {
    this.sid = '';
    this.cid = '';
    this.version = 1;
    this.sn = Number.NaN;
    this.objectType = '';
    this.streamType = '';
    this.streamingFormat = '';
    this.state = '';
    this.bitrateKbps = Number.NaN;
    this.topBitrateKbps = Number.NaN;
    this.lowestBitrateKbps = Number.NaN;
    this.playheadBitrateKbps = Number.NaN;
    this.bufferMs = Number.NaN;
    this.objectDurationMs = Number.NaN;
    this.deadlineMs = Number.NaN;
    this.measuredKbps = Number.NaN;
    this.requestedMaxKbps = Number.NaN;
    this.startDelayMs = Number.NaN;
    this.liveLatencyMs = Number.NaN;
    this.playbackRate = Number.NaN;
    this.playheadMs = Number.NaN;
    this.droppedFrames = Number.NaN;
    this.isStarved = false;
    this.starvedMs = Number.NaN;
    this.isStartup = false;
    this.isBackground = false;
    this.cdn = '';
    this.event = '';
    this.customEvent = '';
    this.ts = Number.NaN;
    this.url = '';
    this.responseCode = Number.NaN;
    this.ttfbMs = Number.NaN;
    this.ttlbMs = Number.NaN;
    this.errorCodes = '';
    this.host = '';
    this.isMalformed = false;
  }
}
