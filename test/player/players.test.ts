import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Beacon, beaconsOf, type LogLine, logLines, ridIn } from '../bed/beacons.ts';
import { type Bed, type PlayOptions, startBed } from '../bed/bed.ts';
import type { GroundTruth, Playback } from '../bed/browser.ts';
import { describeWith } from '../support/describe-with.ts';

/** Playing takes a minute; the rest is waiting for the machine to be free. */
const WITH_TURN_MS = 600_000;

/** What the hook may differ from what the page saw at the media element. */
const TOLERANCE_MS = 150;
/** Between the browser and an nginx that may have to wait for the processor. */
const LOG_TOLERANCE_MS = 300;

type Evidence = {
  readonly beacons: readonly Beacon[];
  readonly truth: GroundTruth;
  readonly lines: readonly LogLine[];
  readonly sid: string;
};

/** One tab each, side by side, through real players; every film has its own faults. */
const FILMS = {
  'hls-failover': { player: 'hls', file: 'hls/master-redundant.m3u8', cmcd: 2 },
  'dash-failover': { player: 'dash', file: 'dash/manifest-two-cdns.mpd' },
  'shaka-rebuffer': { player: 'shaka', file: 'hls/master.m3u8', cmcd: 2 },
  'native-file': { player: 'native', file: 'film.mp4' },
  'hls-seek': { player: 'hls', file: 'hls/master.m3u8' },
} as const satisfies Record<string, Partial<PlayOptions>>;
type Film = keyof typeof FILMS;
/** dash.js sometimes pauses half a second before the end on a busy machine; that viewer leaves earlier. */
const PLAYED_OUT = ['hls-failover', 'shaka-rebuffer', 'native-file', 'hls-seek'] as const satisfies Film[];
const LEAVES_AT_SECONDS = 26;

describeWith(['chromium', 'nginx', 'ffmpeg'], 'the hook on real players', () => {
  let bed: Bed;
  const evidence = new Map<Film, Evidence>();
  const of = (film: Film) => evidence.get(film)!;
  const named = (film: Film, event: string) => of(film).beacons.filter((beacon) => beacon.event === event);

  beforeAll(async () => {
    bed = await startBed();
    const ridHosts = [bed.edgeA, bed.edgeB].map((url) => new URL(url).host).join(',');
    const films = Object.keys(FILMS) as Film[];
    const playing = new Map<Film, Playback>();
    for (const film of films) {
      const options = { title: film, hookUrl: '/player.js', ridHosts, ...FILMS[film] };
      playing.set(film, await bed.play(options));
    }
    const truths = new Map<Film, GroundTruth>();
    await Promise.all(
      [...playing].map(async ([film, playback]) => {
        await act(bed, film, playback);
        truths.set(film, await playback.truth());
        await playback.close();
      }),
    );
    // The last beacon leaves with the page and arrives a moment after it.
    await vi.waitFor(
      () => {
        const events = beaconsOf(bed.logs.capture, 'dash-failover').map(({ event }) => event);
        expect(events).toContain('session_end');
      },
      { timeout: 10_000, interval: 200 },
    );
    for (const [film, { sid }] of playing) {
      const lines = [...logLines(bed.logs['edge-a.json'], film), ...logLines(bed.logs['edge-b.json'], film)];
      evidence.set(film, { beacons: beaconsOf(bed.logs.capture, film), truth: truths.get(film)!, lines, sid });
    }
  }, WITH_TURN_MS);

  afterAll(() => bed?.stop());

  test.each([
    ['hls-failover', 'hls.js'],
    ['dash-failover', 'dash.js'],
    ['shaka-rebuffer', 'shaka'],
    ['native-file', 'native'],
  ] as const)('recognises the player of %s', (film, player) => {
    expect(new Set(of(film).beacons.map((beacon) => beacon.player))).toEqual(new Set([player]));
  });

  test.each(Object.keys(FILMS) as Film[])('counts the events of %s without a gap', (film) => {
    const seqs = of(film).beacons.map((beacon) => beacon.seq);
    expect(seqs.length).toBeGreaterThan(5);
    expect(seqs).toEqual(seqs.map((_, i) => i));
  });

  test.each(['hls-failover', 'shaka-rebuffer'] as const)('uses the CMCD session id of %s', (film) => {
    expect(new Set(of(film).beacons.map((beacon) => beacon.session))).toEqual(new Set([of(film).sid]));
  });

  test.each(['dash-failover', 'native-file', 'hls-seek'] as const)('gives %s one id of its own', (film) => {
    const sessions = [...new Set(of(film).beacons.map((beacon) => beacon.session))];
    expect(sessions).toEqual([expect.stringMatching(/^[0-9a-f-]{32,36}$/)]);
    expect(sessions).not.toEqual([of(film).sid]);
  });

  test.each(['hls-failover', 'dash-failover', 'native-file', 'hls-seek'] as const)(
    'times the startup of %s',
    (film) => {
      const playing = of(film).truth.mediaEvents.find((event) => event.type === 'playing')!;
      const [start] = named(film, 'playback_start');
      const [play] = named(film, 'play');
      expect(Math.abs(start!.ts - playing.ts)).toBeLessThan(TOLERANCE_MS);
      expect(Math.abs(Number(start!.startupMs) - (start!.ts - play!.ts))).toBeLessThan(TOLERANCE_MS);
    },
  );

  test.each(PLAYED_OUT)('sees the end of %s and nothing after it but the page', (film) => {
    const end = named(film, 'content_end');
    expect(end).toHaveLength(1);
    const after = of(film).beacons.filter((beacon) => beacon.seq > end[0]!.seq);
    expect(after.filter(({ event }) => !['visibility', 'request', 'heartbeat'].includes(event))).toEqual([]);
  });

  test('says goodbye when the tab is closed in the middle', () => {
    expect(of('dash-failover').beacons.at(-1)).toMatchObject({ event: 'session_end', reason: 'page_closed' });
    expect(named('dash-failover', 'content_end')).toEqual([]);
  });

  test('sees every stall of the throttled edge when and for as long as it happened', () => {
    const { stalls } = of('shaka-rebuffer').truth;
    expect(stalls.length).toBeGreaterThan(0);
    const seen = bufferings(of('shaka-rebuffer').beacons);
    for (const stall of stalls) {
      const [nearest] = seen.toSorted(
        (a, b) => Math.abs(a.beginMs - stall.beginMs) - Math.abs(b.beginMs - stall.beginMs),
      );
      expect(Math.abs(nearest!.beginMs - stall.beginMs)).toBeLessThan(TOLERANCE_MS);
      expect(Math.abs(nearest!.endMs - stall.endMs)).toBeLessThan(TOLERANCE_MS);
    }
  });

  test('takes no stall from playback that had none', () => {
    for (const film of ['dash-failover', 'native-file'] as const) {
      expect(of(film).truth.stalls).toEqual([]);
      expect(bufferings(of(film).beacons).filter(({ beginMs, endMs }) => endMs - beginMs >= 250)).toEqual([]);
    }
  });

  test('tells a pause and a seek from a stall', () => {
    const states = of('hls-seek').beacons.filter(({ event }) =>
      ['pause', 'playing', 'seek', 'buffering'].includes(event),
    );
    expect(states.map(({ event, phase }) => `${event}${phase && event !== 'playing' ? ` ${phase}` : ''}`)).toEqual(
      expect.arrayContaining(['pause', 'playing', 'seek']),
    );
    const [seeking] = of('hls-seek').truth.mediaEvents.filter(({ type }) => type === 'seeking');
    const [seek] = named('hls-seek', 'seek');
    expect(Math.abs(seek!.ts - seeking!.ts)).toBeLessThan(TOLERANCE_MS);
  });

  test.each(['hls-failover', 'dash-failover', 'shaka-rebuffer', 'hls-seek'] as const)(
    'joins every request of %s with its log line by rid',
    (film) => {
      const reported = new Set(named(film, 'request').map((request) => ridIn(String(request.url).split('?')[1] ?? '')));
      const logged = of(film).lines.map((line) => ridIn(line.args));
      expect(logged.length).toBeGreaterThan(10);
      expect(logged).not.toContain('');
      // A request the page abandoned as it was closed is in the log alone.
      expect(logged.filter((rid) => !reported.has(rid)).length).toBeLessThanOrEqual(1);
    },
  );

  test('gives every attempt of a retried request a key of its own', () => {
    const rids = of('hls-failover').lines.map((line) => ridIn(line.args));
    expect(new Set(rids).size).toBe(rids.length);
  });

  test.each(['hls-failover', 'dash-failover'] as const)(
    'reports the failed requests of %s with status and CDN ids',
    (film) => {
      const failed = named(film, 'request').filter((request) => Number(request.status) === 503);
      const logged = of(film).lines.filter((line) => line.status === 503);
      expect(failed.length).toBe(logged.length);
      expect(failed.map((request) => request.requestId).sort()).toEqual(logged.map((line) => line.request_id).sort());
      expect(new Set(failed.map((request) => request.pop))).toEqual(new Set(['edge-a']));
    },
  );

  test('says which CDN is in use, when it changed, and why', () => {
    const [move] = named('hls-failover', 'cdn');
    expect(move).toMatchObject({ cdn: new URL(bed.edgeB).host, reason: '5xx' });
    const firstOnB = of('hls-failover').lines.find(
      (line) => line.status === 200 && line.uri.endsWith('.m4s') && line.ts * 1000 >= move!.ts - TOLERANCE_MS,
    )!;
    expect(Math.abs(firstOnB.ts * 1000 - firstOnB.request_time * 1000 - move!.ts)).toBeLessThan(LOG_TOLERANCE_MS);
    expect(named('hls-seek', 'cdn')).toEqual([]);
  });

  test('reports recovered errors as not fatal', () => {
    const errors = named('hls-failover', 'error');
    expect(errors[0]).toMatchObject({ code: 'fragLoadError', fatal: false });
    expect(errors.filter((error) => error.fatal)).toEqual([]);
  });

  test.each(['hls-failover', 'dash-failover', 'shaka-rebuffer'] as const)('follows the renditions of %s', (film) => {
    const switches = named(film, 'rendition_switch');
    const applied = switches.filter(({ phase }) => phase === 'applied');
    expect(applied.length).toBeGreaterThan(0);
    for (const { bitrateKbps, height } of applied) {
      // The packagers write what they measured: 212–290 kbit/s at the bottom, 2820–2885 at the top.
      expect(bitrateKbps).toBeGreaterThan(200);
      expect(bitrateKbps).toBeLessThan(2900);
      expect([144, 240, 360, 480]).toContain(height);
    }
  });

  test('passes on why dash.js switched', () => {
    const [first] = named('dash-failover', 'rendition_switch');
    expect(first).toMatchObject({ phase: 'requested', reason: expect.stringMatching(/Rule$/) });
  });

  test.each(Object.keys(FILMS) as Film[])('measures buffer, playhead and frames of %s with each heartbeat', (film) => {
    const beats = named(film, 'heartbeat').filter(({ playheadMs }) => Number(playheadMs) > 0);
    expect(beats.length).toBeGreaterThan(1);
    for (const beat of beats) {
      expect(beat.bufferMs).toBeGreaterThanOrEqual(0);
      expect(beat.droppedFrames).toBeGreaterThanOrEqual(0);
      expect(beat.decodedFrames).toBeGreaterThan(0);
    }
  });
});

/** What happens to each film while it plays. */
async function act(bed: Bed, film: Film, playback: Playback): Promise<void> {
  await playback.reached(4);
  if (film === 'hls-failover' || film === 'dash-failover') bed.fault('edge-a-503', film, true);
  if (film === 'shaka-rebuffer') {
    bed.fault('edge-a-throttle', film, true);
    await playback.stalled();
    bed.fault('edge-a-throttle', film, false);
  }
  if (film === 'hls-seek') {
    await playback.page.evaluate('video.pause()');
    await playback.page.evaluate('new Promise((resolve) => setTimeout(resolve, 1000))');
    await playback.page.evaluate('video.play()');
    await playback.reached(6);
    await playback.page.evaluate('video.currentTime = 20');
  }
  if (film === 'dash-failover') await playback.reached(LEAVES_AT_SECONDS);
  else await playback.ended();
}

function bufferings(beacons: readonly Beacon[]): { readonly beginMs: number; readonly endMs: number }[] {
  const found: { beginMs: number; endMs: number }[] = [];
  let beginMs = 0;
  for (const { event, phase, ts } of beacons) {
    if (event === 'buffering' && phase !== 'end') beginMs = ts;
    else if (beginMs > 0 && event === 'buffering') {
      found.push({ beginMs, endMs: ts });
      beginMs = 0;
    }
  }
  return found;
}
