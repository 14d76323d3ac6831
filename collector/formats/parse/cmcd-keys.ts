import { CMCD_NUMBERS, type Cmcd } from '../../model/cmcd.ts';
import type { ObjectType, PlayerState, StreamType } from '../../model/media.ts';
import { knownIds } from './byte-interner.ts';
import type { CmcdValue } from './cmcd-value.ts';

/** Up to four characters as one integer, the way `CmcdScanner` packs keys and tokens. */
function packed(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (value << 8) | text.charCodeAt(i);
  return value;
}

/** Keys whose value is a number, by the name a `Cmcd` gives it. */
const NUMBER_KEYS: Readonly<Record<(typeof CMCD_NUMBERS)[number], string>> = {
  sn: 'sn',
  bitrateKbps: 'br',
  bufferMs: 'bl',
  objectDurationMs: 'd',
  deadlineMs: 'dl',
  measuredKbps: 'mtp',
  topBitrateKbps: 'tb',
  lowestBitrateKbps: 'lb',
  playheadBitrateKbps: 'pb',
  startDelayMs: 'msd',
  starvedMs: 'bsd',
  liveLatencyMs: 'ltc',
  version: 'v',
  requestedMaxKbps: 'rtp',
  playbackRate: 'pr',
  playheadMs: 'pt',
  droppedFrames: 'dfa',
  ts: 'ts',
  responseCode: 'rc',
  ttfbMs: 'ttfb',
  ttlbMs: 'ttlb',
};
const KEYS = CMCD_NUMBERS.map((name) => NUMBER_KEYS[name]);
const TABLE_BITS = 8;

/** A perfect hash of the number keys: a multiplier under which no two keys share one of 256 places. */
const { multiplier, keyAt, indexAt } = (() => {
  for (let multiplier = 0x9e3779b1 | 0; ; multiplier = Math.imul(multiplier, 0x2c1b3c6d) | 1) {
    const keyAt = new Int32Array(1 << TABLE_BITS);
    const indexAt = new Int8Array(1 << TABLE_BITS).fill(-1);
    const isPerfect = KEYS.every((key, index) => {
      const place = Math.imul(packed(key), multiplier) >>> (32 - TABLE_BITS);
      if (keyAt[place] !== 0) return false;
      keyAt[place] = packed(key);
      indexAt[place] = index;
      return true;
    });
    if (isPerfect) return { multiplier, keyAt, indexAt };
  }
})();

/** Where the number of a packed key belongs among `CMCD_NUMBERS`, -1 when the key is none of them. HOT PATH. */
export function numberIndex(key: number): number {
  const place = Math.imul(key, multiplier) >>> (32 - TABLE_BITS);
  return keyAt[place] === key ? indexAt[place]! : -1;
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
      cmcd.sidHint = cmcd.sid === '' ? -1 : knownIds.place;
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
      cmcd.cdn = nameOf(cmcd, value);
      return;
    case 0x63656e: // cen
      cmcd.customEvent = textOf(cmcd, value);
      return;
    case 0x68: // h
      cmcd.host = nameOf(cmcd, value);
      return;
  }
}

function textOf(cmcd: Cmcd, value: CmcdValue): string {
  if (!value.isQuoted) cmcd.isMalformed = true;
  return value.text();
}

function nameOf(cmcd: Cmcd, value: CmcdValue): string {
  if (!value.isQuoted) cmcd.isMalformed = true;
  return value.name();
}
