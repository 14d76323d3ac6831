import type { Cmcd } from '../../model/cmcd.ts';
import type { ObjectType, PlayerState, StreamType } from '../../model/media.ts';
import type { CmcdValue } from './cmcd-value.ts';

/** Up to four characters as one integer, the way `CmcdScanner` packs keys and tokens. */
function packed(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (value << 8) | text.charCodeAt(i);
  return value;
}

/** Keys whose value is a number, in the order of `storeNumbers`. Index 0 takes whatever nobody asked for. */
const NUMBER_KEYS = '- br bl d dl mtp rtp tb sn v lb pb msd ltc pr pt dfa bsd ts rc ttfb ttlb'.split(' ');
const TABLE_BITS = 8;

/** A perfect hash of the number keys: a multiplier under which no two keys share one of 256 places. */
const { multiplier, keyAt, indexAt } = (() => {
  for (let multiplier = 0x9e3779b1 | 0; ; multiplier = Math.imul(multiplier, 0x2c1b3c6d) | 1) {
    const keyAt = new Int32Array(1 << TABLE_BITS);
    const indexAt = new Uint8Array(1 << TABLE_BITS);
    const isPerfect = NUMBER_KEYS.every((key, index) => {
      const place = Math.imul(packed(key), multiplier) >>> (32 - TABLE_BITS);
      if (keyAt[place] !== 0) return false;
      keyAt[place] = packed(key);
      indexAt[place] = index;
      return true;
    });
    if (isPerfect) return { multiplier, keyAt, indexAt };
  }
})();

export const NUMBER_COUNT: number = NUMBER_KEYS.length;

/** Where the number of a packed key belongs, 0 when the key is none of them. HOT PATH. */
export function numberIndex(key: number): number {
  const place = Math.imul(key, multiplier) >>> (32 - TABLE_BITS);
  return keyAt[place] === key ? indexAt[place]! : 0;
}

/** As a `Cmcd` has them before anything is read. */
export function clearNumbers(numbers: Float64Array): void {
  numbers.fill(Number.NaN);
  numbers[9] = 1;
}

export function loadNumbers(numbers: Float64Array, cmcd: Cmcd): void {
  numbers[1] = cmcd.bitrateKbps;
  numbers[2] = cmcd.bufferMs;
  numbers[3] = cmcd.objectDurationMs;
  numbers[4] = cmcd.deadlineMs;
  numbers[5] = cmcd.measuredKbps;
  numbers[6] = cmcd.requestedMaxKbps;
  numbers[7] = cmcd.topBitrateKbps;
  numbers[8] = cmcd.sn;
  numbers[9] = cmcd.version;
  numbers[10] = cmcd.lowestBitrateKbps;
  numbers[11] = cmcd.playheadBitrateKbps;
  numbers[12] = cmcd.startDelayMs;
  numbers[13] = cmcd.liveLatencyMs;
  numbers[14] = cmcd.playbackRate;
  numbers[15] = cmcd.playheadMs;
  numbers[16] = cmcd.droppedFrames;
  numbers[17] = cmcd.starvedMs;
  numbers[18] = cmcd.ts;
  numbers[19] = cmcd.responseCode;
  numbers[20] = cmcd.ttfbMs;
  numbers[21] = cmcd.ttlbMs;
}

export function storeNumbers(numbers: Float64Array, cmcd: Cmcd): void {
  cmcd.bitrateKbps = numbers[1]!;
  cmcd.bufferMs = numbers[2]!;
  cmcd.objectDurationMs = numbers[3]!;
  cmcd.deadlineMs = numbers[4]!;
  cmcd.measuredKbps = numbers[5]!;
  cmcd.requestedMaxKbps = numbers[6]!;
  cmcd.topBitrateKbps = numbers[7]!;
  cmcd.sn = numbers[8]!;
  cmcd.version = numbers[9]!;
  cmcd.lowestBitrateKbps = numbers[10]!;
  cmcd.playheadBitrateKbps = numbers[11]!;
  cmcd.startDelayMs = numbers[12]!;
  cmcd.liveLatencyMs = numbers[13]!;
  cmcd.playbackRate = numbers[14]!;
  cmcd.playheadMs = numbers[15]!;
  cmcd.droppedFrames = numbers[16]!;
  cmcd.starvedMs = numbers[17]!;
  cmcd.ts = numbers[18]!;
  cmcd.responseCode = numbers[19]!;
  cmcd.ttfbMs = numbers[20]!;
  cmcd.ttlbMs = numbers[21]!;
}

/** Words by packed token; single characters, which most tokens are, without hashing. */
class Words<Word extends string> {
  readonly #single: (Word | undefined)[] = new Array<Word | undefined>(128).fill(undefined);
  readonly #longer = new Map<number, Word>();

  constructor(words: Record<string, Word>) {
    for (const [token, word] of Object.entries(words)) {
      if (token.length === 1) this.#single[packed(token)] = word;
      else this.#longer.set(packed(token), word);
    }
  }

  of(cmcd: Cmcd, value: CmcdValue): Word | '' {
    const token = value.token;
    const word = token >= 0 && token < 128 ? this.#single[token] : this.#longer.get(token);
    if (word === undefined) cmcd.isMalformed = true;
    return word ?? '';
  }
}

const OBJECT_TYPES = new Words<ObjectType>({
  m: 'manifest',
  a: 'audio',
  v: 'video',
  av: 'muxed',
  i: 'init',
  c: 'caption',
  tt: 'timed_text',
  k: 'key',
  o: 'other',
});
const STREAM_TYPES = new Words<StreamType>({ v: 'vod', l: 'live', ll: 'live' });
const STREAMING_FORMATS = new Words<string>({ d: 'd', h: 'h', s: 's', o: 'o', e: 'e' });
const STATES = new Words<PlayerState>({
  d: 'preloading',
  s: 'starting',
  p: 'playing',
  k: 'seeking',
  r: 'rebuffering',
  a: 'paused',
  w: 'waiting',
  e: 'ended',
  f: 'failed',
  q: 'quit',
});
const FALSE_TOKENS = new Set([packed('?0'), packed('false')]);

/**
 * Stores a key whose value is text, a word or a flag. Keys nobody here needs (nor, nrr, cs, custom ones) fall
 * through. The constants are the packed keys of the comments: V8 compares integers, not strings. HOT.
 */
export function assignWord(cmcd: Cmcd, key: number, value: CmcdValue): void {
  switch (key) {
    case 0x736964: // sid
      cmcd.sid = textOf(cmcd, value);
      return;
    case 0x636964: // cid
      cmcd.cid = textOf(cmcd, value);
      return;
    case 0x6f74: // ot
      cmcd.objectType = OBJECT_TYPES.of(cmcd, value);
      return;
    case 0x7374: // st
      cmcd.streamType = STREAM_TYPES.of(cmcd, value);
      return;
    case 0x737461: // sta
      cmcd.state = STATES.of(cmcd, value);
      return;
    case 0x7366: // sf
      cmcd.streamingFormat = STREAMING_FORMATS.of(cmcd, value);
      return;
    case 0x6273: // bs
      cmcd.isStarved = !FALSE_TOKENS.has(value.token);
      return;
    case 0x7375: // su
      cmcd.isStartup = !FALSE_TOKENS.has(value.token);
      return;
    case 0x6267: // bg
      cmcd.isBackground = !FALSE_TOKENS.has(value.token);
      return;
    case 0x65: // e
      cmcd.event = value.text();
      return;
    case 0x75726c: // url
      cmcd.url = value.uniqueText();
      return;
    case 0x6563: // ec: a list of strings, or one bare integer from dash.js
      cmcd.errorCodes = value.listText();
      return;
    case 0x63646e: // cdn
      cmcd.cdn = textOf(cmcd, value);
      return;
    case 0x63656e: // cen
      cmcd.customEvent = textOf(cmcd, value);
      return;
    case 0x68: // h
      cmcd.host = textOf(cmcd, value);
      return;
  }
}

function textOf(cmcd: Cmcd, value: CmcdValue): string {
  if (!value.isQuoted) cmcd.isMalformed = true;
  return value.text();
}
