import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UrlScrubber } from '../../collector/privacy/scrub.ts';
import { DeadLetters } from '../../collector/receivers/dead-letter.ts';
import { Ingest } from '../../collector/receivers/ingest.ts';
import { NOW, playerEvent, source, TestBus } from './support.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-ingest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): Record<string, string>[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

function deadLetters(options: Partial<ConstructorParameters<typeof DeadLetters>[0]> = {}) {
  const path = join(folder, 'state', 'dead-letter.ndjson');
  const scrubber = new UrlScrubber();
  return {
    path,
    letters: new DeadLetters({ path, maxBytes: 1 << 20, scrub: (text) => scrubber.text(text), ...options }),
  };
}

describe('ingest', () => {
  function ingesting(options: { sourceLimit?: number } = {}) {
    const bus = new TestBus();
    const { path, letters } = deadLetters();
    return { bus, path, letters, ingest: new Ingest({ bus, deadLetters: letters, now: () => NOW, ...options }) };
  }

  test('counts what the bus stored, by source', () => {
    const { ingest, bus } = ingesting();
    ingest.accept(playerEvent(), NOW);
    ingest.accept(playerEvent({ source: source('edge-a') }), NOW);
    ingest.accept(playerEvent(), NOW);
    expect([...ingest.counts].map(([name, { stored }]) => [name, stored])).toEqual([
      ['player', 2],
      ['edge-a', 1],
    ]);
    expect(bus.events.length).toBe(3);
  });

  test('a full bus is an answer, and nothing is counted as stored', () => {
    const { ingest, bus } = ingesting();
    bus.limit = 0;
    expect(ingest.accept(playerEvent(), NOW)).toBe('full');
    expect(ingest.counts.get('player')).toBeUndefined();
  });

  test('a refused record is counted and shown', async () => {
    const { ingest, letters, path } = ingesting();
    const bytes = Buffer.from('before rubbish after');
    ingest.reject('edge-a', 'not_json', { bytes, start: 7, end: 14 });
    ingest.reject('edge-a', 'bad_time', 'when?');
    ingest.count('edge-a', 'bad_time', 3);
    await letters.close();
    expect(ingest.counts.get('edge-a')?.rejected).toEqual(
      new Map([
        ['not_json', 1],
        ['bad_time', 4],
      ]),
    );
    expect(read(path)).toEqual([
      { at: '2026-11-21T20:58:01.000Z', source: 'edge-a', reason: 'not_json', sample: 'rubbish' },
      { at: '2026-11-21T20:58:01.000Z', source: 'edge-a', reason: 'bad_time', sample: 'when?' },
    ]);
  });

  test('names beyond the limit are counted together', () => {
    const { ingest } = ingesting({ sourceLimit: 3 });
    for (let i = 0; i < 10; i++) ingest.count(`source-${i}`, 'unknown_source');
    expect([...ingest.counts].map(([name, { rejected }]) => [name, rejected.get('unknown_source')])).toEqual([
      ['source-0', 1],
      ['source-1', 1],
      ['source-2', 1],
      ['other', 7],
    ]);
  });
});

describe('dead letters', () => {
  test('keep no address and no token', async () => {
    const { path, letters } = deadLetters();
    const line =
      '203.0.113.77 - - "GET /a.m4s?token=s3cret&Signature=abc HTTP/1.1" 2001:db8:1:2:3:4:5:6 "Bearer eyJhbGciOi"';
    letters.add('edge-a', 'bad_time', line, NOW);
    await letters.close();
    const text = readFileSync(path, 'utf8');
    for (const secret of ['203.0.113.77', 's3cret', 'abc', '2001:db8:1:2:3', 'eyJhbGciOi'])
      expect(text).not.toContain(secret);
    expect(text).toContain('/a.m4s');
  });

  test('show twenty of a kind a minute, and count the rest', async () => {
    const { path, letters } = deadLetters();
    for (let i = 0; i < 1_000; i++) letters.add('edge-a', 'not_json', `line ${i}`, NOW);
    for (let i = 0; i < 5; i++) letters.add('edge-a', 'bad_time', `line ${i}`, NOW);
    for (let i = 0; i < 5; i++) letters.add('edge-a', 'not_json', `line ${i}`, NOW + 60_000);
    await letters.close();
    expect([read(path).length, letters.written, letters.overflowed]).toEqual([30, 30, 980]);
  });

  test('cut a sample that is large', async () => {
    const { path, letters } = deadLetters();
    const bytes = Buffer.alloc(1 << 20, 'x');
    letters.add('edge-a', 'too_long', { bytes, start: 0, end: bytes.length }, NOW);
    letters.add('edge-a', 'too_long', 'y'.repeat(1 << 20), NOW);
    await letters.close();
    expect(read(path).map(({ sample }) => sample?.length)).toEqual([2048, 2048]);
  });

  test('never hold more than twice their limit on disk', async () => {
    const { path, letters } = deadLetters({ maxBytes: 10_000, samplesPerMinute: 1_000_000 });
    for (let i = 0; i < 200; i++) {
      letters.add('edge-a', 'not_json', 'x'.repeat(500), NOW);
      await letters.close();
    }
    expect(statSync(path).size).toBeLessThan(10_000 + 600);
    expect(statSync(`${path}.1`).size).toBeLessThan(10_000 + 600);
    expect(letters.written).toBe(200);
  });

  test('go on where an earlier process stopped, limit included', async () => {
    const first = deadLetters({ maxBytes: 600 });
    first.letters.add('edge-a', 'not_json', 'x'.repeat(700), NOW);
    await first.letters.close();
    const second = deadLetters({ maxBytes: 600 });
    second.letters.add('edge-a', 'not_json', 'second', NOW);
    await second.letters.close();
    second.letters.add('edge-a', 'not_json', 'third', NOW);
    await second.letters.close();
    expect(read(second.path).map(({ sample }) => sample)).toEqual(['third']);
  });

  test('do not grow without a disk, and do not stop ingest', async () => {
    const { letters } = deadLetters({
      path: join(folder, 'state', '\0'),
      maxPendingBytes: 1000,
      samplesPerMinute: 1000,
    });
    for (let i = 0; i < 100; i++) letters.add('edge-a', 'not_json', 'x'.repeat(100), NOW);
    await letters.close();
    expect([letters.written, letters.failed + letters.overflowed]).toEqual([0, 100]);
    expect(letters.overflowed).toBeGreaterThan(80);
  });

  test('without a path keep nothing', async () => {
    const letters = new DeadLetters({ path: '', maxBytes: 1000, scrub: (text) => text });
    letters.add('edge-a', 'not_json', 'x', NOW);
    await letters.close();
    expect([letters.written, existsSync(join(folder, 'state'))]).toEqual([0, false]);
  });
});
