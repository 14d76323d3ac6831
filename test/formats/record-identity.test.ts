import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { ByteHash } from '../../collector/privacy/byte-hash.ts';
import { decodeLines, decoderOf, testDelivery } from './decoding.ts';

const RECORDINGS = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'recordings');
const runs = readdirSync(RECORDINGS, { withFileTypes: true }).filter((entry) => entry.isDirectory());

const uid = (event: Event) => (event instanceof RequestReport ? `${event.uidHigh} ${event.uidLow}` : 'none');
const uidsOf = (lines: ReturnType<typeof decodeLines>) => lines.flatMap(({ events }) => events.map(uid));
const LINE = '203.0.113.9 - - [21/Nov/2026:20:58:46 +0000] "GET /seg-1.ts HTTP/1.1" 200 512 "-" "VLC/3.0"';

test('a request has one identity, whether nginx wrote it as JSON or as text', () => {
  const seen = new Map<string, string>();
  for (const { name } of runs) {
    for (const emitter of ['edge-a', 'edge-b', 'origin']) {
      const delivery = testDelivery({ emitter, tier: emitter === 'origin' ? 'origin' : 'edge' });
      const read = (extension: string) => readFileSync(join(RECORDINGS, name, `${emitter}.${extension}`));
      const json = uidsOf(decodeLines(decoderOf('nginx-json'), read('json'), delivery));
      const text = uidsOf(decodeLines(decoderOf('nginx-combined-plus'), read('log'), delivery));
      expect(text).toEqual(json);
      for (const [index, id] of json.entries()) {
        expect(seen.get(id)).toBeUndefined();
        seen.set(id, `${name} ${emitter} ${index}`);
      }
    }
  }
  expect(seen.size).toBe(1179);
});

test('two equal lines of one delivery are two requests', () => {
  const lines = decodeLines(decoderOf('nginx-combined'), Buffer.from(`${LINE}\n${LINE}\n${LINE}\n`));
  expect(new Set(uidsOf(lines)).size).toBe(3);
});

test('the same delivery repeated gives the same identities, by a new decoder and by the same one', () => {
  const delivery = Buffer.from(`${LINE}\n${LINE}\nother ${LINE}\n`);
  const decoder = decoderOf('nginx-combined');
  const first = uidsOf(decodeLines(decoder, delivery));
  expect(uidsOf(decodeLines(decoderOf('nginx-combined'), delivery))).toEqual(first);
  decoder.beginDelivery?.();
  expect(uidsOf(decodeLines(decoder, delivery))).toEqual(first);
  expect(uidsOf(decodeLines(decoder, delivery))).not.toEqual(first);
});

test('the same line of another emitter, tier or tenant is another record', () => {
  const of = (changes: Parameters<typeof testDelivery>[0]) =>
    uidsOf(decodeLines(decoderOf('nginx-combined'), Buffer.from(LINE), testDelivery(changes)))[0];
  const all = [
    of({}),
    of({ emitter: 'cdn-b' }),
    of({ tier: 'origin' }),
    of({ tenant: 'other' }),
    of({ name: 'renamed' }),
  ];
  expect(new Set(all).size).toBe(4);
  expect(all[4]).toBe(all[0]);
});

test('equal lines are still told apart after the memory of lines started again', () => {
  const decoder = decoderOf('nginx-combined');
  const many = Array.from({ length: 70_000 }, (_, index) => LINE.replace('seg-1', `seg-${index}`)).join('\n');
  decodeLines(decoder, Buffer.from(many));
  const lines = decodeLines(decoder, Buffer.from(`${LINE.replace('512', '9')}\n${LINE.replace('512', '9')}\n`));
  expect(new Set(uidsOf(lines)).size).toBe(2);
});

test('ids that differ by a digit do not share a hash, and spread over a table', () => {
  const hash = new ByteHash();
  const hashes = new Set<string>();
  const places = new Set<number>();
  const bytes = Buffer.alloc(64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < 60_000; i++) {
    const length = bytes.write(`${'x'.repeat(i % 13)}${i}${'-'.repeat(i % 7)}`);
    hash.begin(1, 2);
    hash.add(view, 0, length);
    hash.end();
    hashes.add(`${hash.high},${hash.low}`);
    places.add(hash.low & 0xffff);
  }
  expect(hashes.size).toBe(60_000);
  // What 60,000 random numbers would fill of 65,536 places, ± 1 %.
  const expected = 65_536 * (1 - Math.exp(-60_000 / 65_536));
  expect(Math.abs(places.size - expected)).toBeLessThan(expected / 100);
});
