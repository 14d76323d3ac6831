import type { ObjectType } from '../../collector/model/media.ts';
import type { Content, Rendition } from './catalogue.ts';
import { hashRatio } from './random.ts';

/** HLS with audio and video in one segment, or DASH with both apart: what the players of each kind fetch. */
export type Packaging = 'hls' | 'dash';
export type ObjectRole = 'master' | 'playlist' | 'init' | 'segment';
export type Track = 'video' | 'audio';

export const AUDIO_KBPS = 64.867;

/** Something a player fetches by HTTP; the same for everyone who fetches it. */
export type MediaObject = {
  readonly role: ObjectRole;
  readonly objectType: ObjectType;
  readonly content: Content;
  readonly track: Track;
  /** Identity in caches. */
  readonly key: number;
  readonly path: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Media time it carries; 0 unless a segment. */
  readonly durationMs: number;
  /** Rate of its rendition; NaN for a master. */
  readonly kbps: number;
  readonly rendition: number;
  /** Number of a segment. */
  readonly index: number;
  /** How long a cache may serve it without asking. */
  readonly ttlMs: number;
};

const AUDIO_SLOT = 15;
const MASTER_SLOT = 16;
const SLOTS = 32;
const SEGMENTS = 2 ** 22;
const VOD_PLAYLIST_TTL_MS = 60_000;
const LONG_TTL_MS = 24 * 3600_000;

/** Master playlist of HLS, or the MPD of DASH. A live MPD is what its players poll. */
export function masterOf(content: Content, packaging: Packaging): MediaObject {
  const isDash = packaging === 'dash';
  return {
    role: 'master',
    objectType: 'manifest',
    content,
    track: 'video',
    key: keyOf(content, packaging, MASTER_SLOT, 0),
    path: `${folderOf(content, packaging)}/${isDash ? 'manifest.mpd' : 'master.m3u8'}`,
    contentType: isDash ? 'application/dash+xml' : 'application/vnd.apple.mpegurl',
    sizeBytes: isDash ? 2400 + content.ladder.length * 150 : 300 + content.ladder.length * 200,
    durationMs: 0,
    kbps: Number.NaN,
    rendition: -1,
    index: 0,
    ttlMs: isDash && content.isLive ? liveTtlMs(content) : VOD_PLAYLIST_TTL_MS,
  };
}

/** Media playlist of one HLS rendition. */
export function playlistOf(content: Content, rendition: Rendition): MediaObject {
  const listed = content.isLive ? 8 : Math.ceil(content.durationMs / content.segmentMs);
  return {
    role: 'playlist',
    objectType: 'manifest',
    content,
    track: 'video',
    key: keyOf(content, 'hls', rendition.index, 0),
    path: `${folderOf(content, 'hls')}/v${rendition.index}/index.m3u8`,
    contentType: 'application/vnd.apple.mpegurl',
    sizeBytes: 180 + listed * 31,
    durationMs: 0,
    kbps: rendition.kbps,
    rendition: rendition.index,
    index: 0,
    ttlMs: content.isLive ? liveTtlMs(content) : VOD_PLAYLIST_TTL_MS,
  };
}

export function initOf(content: Content, packaging: Packaging, track: Track, rendition: Rendition): MediaObject {
  const slot = track === 'audio' ? AUDIO_SLOT : rendition.index;
  const name = packaging === 'dash' ? `init-${slot}.m4s` : `v${slot}/init_${slot}.mp4`;
  return {
    role: 'init',
    objectType: 'init',
    content,
    track,
    key: keyOf(content, packaging, slot, 1),
    path: `${folderOf(content, packaging)}/${name}`,
    contentType: track === 'audio' ? 'audio/mp4' : 'video/mp4',
    sizeBytes: packaging === 'dash' ? 760 + slot * 5 : 1352 + slot,
    durationMs: 0,
    kbps: track === 'audio' ? AUDIO_KBPS : rendition.kbps,
    rendition: rendition.index,
    index: 0,
    ttlMs: LONG_TTL_MS,
  };
}

export function segmentOf(
  content: Content,
  packaging: Packaging,
  track: Track,
  rendition: Rendition,
  index: number,
): MediaObject {
  const slot = track === 'audio' ? AUDIO_SLOT : rendition.index;
  const kbps = track === 'audio' ? AUDIO_KBPS : rendition.kbps;
  const key = keyOf(content, packaging, slot, 2 + index);
  const durationMs = Math.min(content.segmentMs, content.durationMs - index * content.segmentMs);
  const isDash = packaging === 'dash';
  return {
    role: 'segment',
    objectType: isDash ? track : 'muxed',
    content,
    track,
    key,
    path: segmentPath(content, packaging, slot, index),
    contentType: track === 'audio' ? 'audio/mp4' : 'video/mp4',
    sizeBytes: Math.round(((kbps * durationMs) / 8) * (0.88 + 0.24 * hashRatio(key & 0x7fffffff, slot, 0x512e))),
    durationMs,
    kbps,
    rendition: rendition.index,
    index,
    ttlMs: LONG_TTL_MS,
  };
}

/** Segments of a title; the last one is shorter. */
export function segmentCount(content: Content): number {
  return Math.ceil(content.durationMs / content.segmentMs);
}

/** Name of a segment relative to its playlist, as CMCD `nor` says it. */
export function nextObjectOf(object: MediaObject, packaging: Packaging): string {
  const slot = object.track === 'audio' ? AUDIO_SLOT : object.rendition;
  return packaging === 'dash'
    ? `chunk-${slot}-${String(object.index + 2).padStart(5, '0')}.m4s`
    : `../v${slot}/seg_${String(object.index + 1).padStart(5, '0')}.m4s`;
}

function segmentPath(content: Content, packaging: Packaging, slot: number, index: number): string {
  const folder = folderOf(content, packaging);
  return packaging === 'dash'
    ? `${folder}/chunk-${slot}-${String(index + 1).padStart(5, '0')}.m4s`
    : `${folder}/v${slot}/seg_${String(index).padStart(5, '0')}.m4s`;
}

function folderOf(content: Content, packaging: Packaging): string {
  return `/${content.isLive ? 'live' : 'vod'}/${content.id}/${packaging}`;
}

/** Half a segment: a playlist older than that makes every viewer late. */
function liveTtlMs(content: Content): number {
  return content.segmentMs / 2;
}

function keyOf(content: Content, packaging: Packaging, slot: number, number: number): number {
  return ((content.index * 2 + (packaging === 'dash' ? 1 : 0)) * SLOTS + slot) * SEGMENTS + number;
}
