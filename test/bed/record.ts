import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bed, type PlayOptions, startBed } from './bed.ts';
import type { Playback } from './browser.ts';

/**
 * Records runs of the bed as fixtures: `node test/bed/record.ts [run…]`, all of them without a name.
 * Edge and origin logs, what the player posted, the console, and `truth.json`: what the page itself saw.
 */
const FOLDER = fileURLToPath(new URL('../fixtures/recordings/', import.meta.url));

type Run = Omit<PlayOptions, 'title'> & {
  readonly hasHook?: boolean;
  readonly act: (bed: Bed, title: string, playback: Playback) => Promise<void>;
};

const RUNS: Readonly<Record<string, Run>> = {
  'shaka-failover': { player: 'shaka', file: 'dash/manifest-two-cdns.mpd', cmcd: 2, act: refuse },
  'dash-rebuffer': { player: 'dash', file: 'dash/manifest.mpd', cmcd: 2, bufferSeconds: 6, act: throttle },
  'dash-v1-throttle': { player: 'dash', file: 'dash/manifest.mpd', cmcd: 1, bufferSeconds: 6, act: throttle },
  'shaka-throttle': { player: 'shaka', file: 'dash/manifest.mpd', cmcd: 2, act: throttle },
  'shaka-nocmcd': { player: 'shaka', file: 'dash/manifest.mpd', act: throttle },
  'hls-nocmcd': { player: 'hls', file: 'hls/master.m3u8', act: throttle },
  'hls-hook': { player: 'hls', file: 'hls/master-redundant.m3u8', hasHook: true, act: refuse },
};

/** Edge A answers 503 to segments from the sixth second on. */
async function refuse(bed: Bed, title: string, playback: Playback): Promise<void> {
  await playback.reached(6);
  bed.fault('edge-a-503', title, true);
}

/** Edge A sends 12 kB/s from the fourth second until two seconds into the second stall. */
async function throttle(bed: Bed, title: string, playback: Playback): Promise<void> {
  await playback.reached(4);
  bed.fault('edge-a-throttle', title, true);
  await playback.stalled(2);
  await playback.page.waitForTimeout(2000);
  bed.fault('edge-a-throttle', title, false);
}

async function record(name: string, { act, hasHook = false, ...how }: Run): Promise<void> {
  const title = 'bed-movie-1';
  const bed = await startBed();
  try {
    const ridHosts = [bed.edgeA, bed.edgeB].map((url) => new URL(url).host).join(',');
    const hook = hasHook ? { hookUrl: '/player.js', ridHosts } : {};
    const playback = await bed.play({ title, ...how, ...hook });
    await act(bed, title, playback);
    await playback.ended();
    const { mediaEvents, stalls, errors } = await playback.truth();
    await playback.close();
    const folder = join(FOLDER, name);
    rmSync(folder, { recursive: true, force: true });
    bed.saveRecording(folder);
    const truth = {
      sid: how.cmcd ? playback.sid : '',
      edges: { a: bed.edgeA, b: bed.edgeB },
      mediaEvents,
      stalls,
      errors,
    };
    writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
    console.log(name, `${stalls.length} stalls, ${errors.length} errors`);
  } finally {
    await bed.stop();
  }
}

const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(RUNS)) {
  if (wanted.length === 0 || wanted.includes(name)) await record(name, run);
}
