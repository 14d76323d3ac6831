import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './program.ts';

/** Length of the bed's film. Every scenario has to be over by then. */
export const MEDIA_SECONDS = 30;
/** Segment duration: what a request may take before the buffer drains. */
export const SEGMENT_SECONDS = 2;

const RENDITIONS = [
  { size: '256x144', kbps: 200, maxKbps: 220 },
  { size: '426x240', kbps: 500, maxKbps: 550 },
  { size: '640x360', kbps: 1200, maxKbps: 1300 },
  { size: '854x480', kbps: 2500, maxKbps: 2700 },
] as const;

/**
 * A film in four H.264 renditions as HLS (fMP4, muxed), as DASH (demuxed) and as one MP4 file, made once by ffmpeg and kept in `cacheDir`.
 * Returns the folder with `hls/`, `dash/` and `film.mp4`; its name follows the recipe, so another recipe never meets old media.
 */
export async function makeMedia(cacheDir: string, ffmpeg: string): Promise<string> {
  const encode = encodeArguments();
  const remux = [...dashArguments(), ...fileArguments()];
  const recipe = createHash('sha256')
    .update(JSON.stringify([encode, remux]))
    .digest('hex')
    .slice(0, 12);
  const mediaDir = join(cacheDir, `media-${recipe}`);
  if (existsSync(mediaDir)) return mediaDir;
  mkdirSync(cacheDir, { recursive: true });
  const draft = mkdtempSync(join(cacheDir, 'draft-'));
  mkdirSync(join(draft, 'hls'));
  mkdirSync(join(draft, 'dash'));
  await runProgram(ffmpeg, encode, draft);
  await runProgram(ffmpeg, remux, draft);
  publish(draft, mediaDir);
  return mediaDir;
}

/** One plain file for players that need no playlist. */
function fileArguments(): string[] {
  return ['-map', '1:v', '-map', '0:a', '-c', 'copy', '-f', 'mp4', '-movflags', '+faststart', 'film.mp4'];
}

/** The rename is the commit: two test runs that encode at the same time both end with one whole folder. */
function publish(draft: string, mediaDir: string): void {
  try {
    renameSync(draft, mediaDir);
  } catch (error) {
    if (!existsSync(mediaDir)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
}

// The noise keeps the encoder at its bitrates; without it a test pattern compresses to nothing and ABR has no choice.
function encodeArguments(): string[] {
  const count = RENDITIONS.length;
  const labels = RENDITIONS.map((_, i) => `[s${i}]`).join('');
  const scaled = RENDITIONS.map((r, i) => `[s${i}]scale=${r.size.replace('x', ':')}[v${i}]`).join(';');
  const size = RENDITIONS[count - 1]!.size;
  const rates = RENDITIONS.flatMap((r, i) => [
    `-b:v:${i}`,
    `${r.kbps}k`,
    `-maxrate:v:${i}`,
    `${r.maxKbps}k`,
    `-bufsize:v:${i}`,
    `${r.kbps * 2}k`,
  ]);
  return [
    ...['-hide_banner', '-loglevel', 'error', '-y', '-threads', '2'],
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=24`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', String(MEDIA_SECONDS)],
    ...['-filter_complex', `[0:v]noise=alls=12:allf=t,split=${count}${labels};${scaled}`],
    ...RENDITIONS.flatMap((_, i) => ['-map', `[v${i}]`]),
    ...RENDITIONS.flatMap(() => ['-map', '1:a']),
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'main', '-pix_fmt', 'yuv420p'],
    ...['-g', String(24 * SEGMENT_SECONDS), '-keyint_min', String(24 * SEGMENT_SECONDS), '-sc_threshold', '0'],
    ...rates,
    ...['-c:a', 'aac', '-b:a', '64k', '-ac', '1'],
    ...['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod'],
    ...['-hls_segment_type', 'fmp4', '-hls_flags', 'independent_segments', '-hls_fmp4_init_filename', 'init_%v.mp4'],
    ...['-hls_segment_filename', 'hls/v%v/seg_%03d.m4s', '-master_pl_name', 'master.m3u8'],
    ...['-var_stream_map', RENDITIONS.map((_, i) => `v:${i},a:${i}`).join(' '), 'hls/v%v/index.m3u8'],
  ];
}

/** DASH by remuxing the same encodes: one encoding, two packagings. */
function dashArguments(): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...RENDITIONS.flatMap((_, i) => ['-i', `hls/v${i}/index.m3u8`]),
    ...RENDITIONS.flatMap((_, i) => ['-map', `${i}:v`]),
    ...['-map', '0:a', '-c', 'copy', '-f', 'dash', '-seg_duration', String(SEGMENT_SECONDS)],
    ...['-use_template', '1', '-use_timeline', '0', '-adaptation_sets', 'id=0,streams=v id=1,streams=a'],
    ...['-init_seg_name', 'init-$RepresentationID$.m4s'],
    ...['-media_seg_name', 'chunk-$RepresentationID$-$Number%05d$.m4s', 'dash/manifest.mpd'],
  ];
}
