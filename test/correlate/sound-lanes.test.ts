import { expect, test } from 'vitest';
import { segmentOf } from '../../collector/correlate/content/segment-identity.ts';
import { SoundLanes } from '../../collector/correlate/server/sound-lanes.ts';
import { watched } from './server-lines.ts';
import { edgeRequest } from './support.ts';

type Object = { readonly lane: string; readonly n: number; readonly bytes: number; readonly status?: number };

const PICTURES = 600_000;
const SOUND = 16_000;

function object({ lane, n, bytes, status = 200 }: Object, at = n * 2_000) {
  const path = `/film/chunk-${lane}-${String(n).padStart(5, '0')}.m4s`;
  return edgeRequest({ at, path, durationMs: 50, bodyBytes: bytes, status, objectType: 'video' });
}

/** Which of these pass for sound, asked for in this order. */
function heard(objects: readonly Object[], segmentMs = 2_000): boolean[] {
  const sounds = new SoundLanes();
  return objects.map((each) => {
    const request = object(each);
    return sounds.isSound(request, segmentOf(request.path), segmentMs);
  });
}

const pictures = (n: number, lane = '3', bytes = PICTURES) => ({ lane, n, bytes });
const sound = (n: number, bytes = SOUND) => ({ lane: '4', n, bytes });

test('what comes small where a larger object came before is sound, from the second time on', () => {
  const order = [sound(1), pictures(1), pictures(2), sound(2), pictures(3), sound(3), sound(4), pictures(4)];
  expect(heard(order)).toEqual([false, false, false, false, false, true, true, false]);
});

test('a small rendition is none: nobody fetches it where something better is', () => {
  const low = (n: number) => pictures(n, '0', 45_000);
  expect(heard([pictures(1), pictures(2), low(3), low(4), low(5), pictures(6), low(7)])).not.toContain(true);
});

test('nor is what replaced an object that never came, or one larger than sound', () => {
  const lost = (n: number) => ({ ...pictures(n), status: 503 });
  expect(heard([lost(1), sound(1), lost(2), sound(2), lost(3), sound(3)])).not.toContain(true);
  const middle = (n: number) => pictures(n, '1', 130_000);
  expect(heard([pictures(1), middle(1), pictures(2), middle(2), pictures(3), middle(3)])).not.toContain(true);
});

test('while nobody knows how long a segment is, it may be a short one', () => {
  const long = (n: number) => sound(n, 70_000);
  const order = [pictures(1), long(1), pictures(2), long(2), pictures(3), long(3)];
  expect(heard(order, Number.NaN)).not.toContain(true);
  expect(heard(order, 6_000)).toContain(true);
});

test('a player that pauses while it fills its buffer, as Shaka does, makes no short segments, and no stalls', () => {
  // Two of each every second until 12 s are there; then one of each every 2 s, which is how long they play.
  const fill = [1, 3, 5, 7].flatMap((n, i) =>
    [n, n + 1].flatMap((each, j) => [
      object(pictures(each), i * 1_080 + j * 40),
      object(sound(each), i * 1_080 + 300 + j * 20),
    ]),
  );
  const steady = Array.from({ length: 20 }, (_, i) => [
    object(pictures(9 + i), 4_300 + i * 2_000),
    object(sound(9 + i), 4_600 + i * 2_000),
  ]).flat();
  const { server, log } = watched([...fill, ...steady]);
  expect(server.segmentMs).toBe(2_000);
  expect(server.qoe.playingMs).toBe(28 * 2_000);
  expect(server.qoe.stalledMs).toBe(0);
  expect(log.stalls).toEqual([]);
});
