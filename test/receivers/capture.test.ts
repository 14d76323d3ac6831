import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cloneEvent } from '../../collector/model/clone-report.ts';
import type { Event } from '../../collector/model/event.ts';
import { CaptureDecoder } from '../../collector/receivers/capture.ts';
import { eachLine } from '../../collector/receivers/lines.ts';
import { recordedPosts } from './recordings.ts';
import { cmcdDecoder, NOW, source, testUrls } from './support.ts';

function decode(capture: string | Uint8Array) {
  const decoder = new CaptureDecoder(source('player'), testUrls, cmcdDecoder());
  const events: { event: Event; arrivedMs: number }[] = [];
  const answers: string[] = [];
  const bytes = Buffer.from(capture);
  eachLine(bytes, 0, bytes.length, 1 << 20, {
    record: (block, start, end) => {
      answers.push(
        decoder.decode(block, start, end, (event, arrivedMs) => events.push({ event: cloneEvent(event), arrivedMs })),
      );
      return true;
    },
    refuse: () => {},
  });
  return { decoder, events, answers };
}

for (const run of ['hls-faro', 'dash-failover-nokeys', 'hls-v1-redundant', 'rid-hls']) {
  test(`${run} is read as the endpoints would have read it, the rig’s own notes are counted`, () => {
    const posts = recordedPosts(run);
    const text = readFileSync(new URL(`../fixtures/recordings/${run}/sink.ndjson`, import.meta.url));
    const { decoder, events, answers } = decode(text);
    const notes: Record<string, number> = {};
    for (const { kind } of posts)
      if (['beacon', 'steering', 'preflight'].includes(kind)) notes[kind] = (notes[kind] ?? 0) + 1;
    expect(Object.fromEntries(decoder.skipped)).toEqual(notes);
    expect(answers.length).toBe(posts.length);
    expect(new Set(answers)).toEqual(new Set(posts.some(({ kind }) => kind === 'cmcd') ? ['', 'skip'] : ['skip']));
    for (const { event, arrivedMs } of events) expect(event.receivedMs).toBe(arrivedMs);
    if (run === 'dash-failover-nokeys') {
      // dash.js posts only e, ts and v to a target without enabledKeys: useless, and said so loudly.
      expect([events.length, decoder.refused.get('missing_session')]).toEqual([0, 118]);
    }
  });
}

describe('lines', () => {
  const cmcd = `e=t,sid="s",ts=${NOW}`;
  for (const [name, line, answer, count] of [
    [
      'a post of ours',
      { recv: NOW, kind: 'v1/beacon', body: JSON.stringify({ event: 'play', session: 's', ts: NOW }) },
      '',
      1,
    ],
    ['a body in base64', { recv: NOW, kind: 'cmcd', body: { b64: Buffer.from(cmcd).toString('base64') } }, '', 1],
    ['two reports in one post', { recv: NOW, kind: 'cmcd', body: `${cmcd}\n${cmcd}\n` }, '', 2],
    ['no time of reception', { kind: 'cmcd', body: cmcd }, 'missing_time', 0],
    ['a kind nobody knows', { recv: NOW, kind: 'x' }, 'skip', 0],
    ['no body', { recv: NOW, kind: 'cmcd' }, '', 0],
    ['a number', 5, 'not_object', 0],
  ] as const) {
    test(name, () => {
      const { events, answers } = decode(JSON.stringify(line));
      expect([answers, events.length]).toEqual([[answer], count]);
    });
  }

  test('no JSON', () => expect(decode('{').answers).toEqual(['not_json']));
});
