import { describe, expect, test } from 'vitest';
import { beacon, decode, delivery, player, said } from './beacon-decode.ts';
import { NOW } from './support.ts';

describe('bodies', () => {
  const good = beacon('playing');
  for (const [name, body, count, refused] of [
    ['one object', good, 1, []],
    ['an array', [good, good], 2, []],
    ['a bad event among good ones', [good, beacon('dance'), 7, good], 2, ['unknown_event', 'not_object']],
    ['an envelope', { session: 's1', ts: NOW - 5, events: [{ event: 'play' }, { event: 'playing', ts: NOW }] }, 2, []],
    [
      'an array of envelopes',
      [
        { session: 's1', events: [good] },
        { session: 's2', events: [good, good] },
      ],
      3,
      [],
    ],
    ['lines', `${JSON.stringify(good)}\n${JSON.stringify(good)}\n`, 2, []],
    ['lines with a bad one', `${JSON.stringify(good)}\n{"event"\n${JSON.stringify(good)}\n`, 2, ['not_json']],
    ['an array with a broken element', `[${JSON.stringify(good)},{bad},${JSON.stringify(good)}]`, 2, ['not_json']],
    ['more events than anybody sends', new Array(1_500).fill(good), 1_000, ['too_large']],
    ['nesting without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 0, ['not_object']],
  ] as const) {
    test(name, () => {
      const { events, refused: reasons } = decode(body);
      expect([events.length, reasons]).toEqual([count, refused]);
    });
  }

  test('what an envelope says holds for every event that does not say it itself', () => {
    const body = {
      session: 's1',
      content: 'c1',
      ts: NOW - 5,
      events: [beacon('playing'), beacon('playing', { content: 'c2' })],
    };
    expect(said(body)).toMatchObject([{ contentId: 'c1' }, { contentId: 'c2' }]);
  });
});

describe('request beacons', () => {
  const fields = {
    url: 'https://edge-a.example/hls/v3/seg_008.m4s?CMCD=bl%3D8000%2Cbr%3D2820%2Cd%3D2000%2Cot%3Dv%2Csid%3D%22s1%22&rid=946627d39be4471c&token=s3cret&x=1',
    startMs: NOW - 10,
    ttfbMs: 2,
    durationMs: 4,
    status: 503,
    bytes: 190,
    requestId: '807a244fabdb8567f8755deddc0f7b37',
    pop: 'edge-a',
  };

  function report(extra: object) {
    const { events, refused } = decode(beacon('request', { ...fields, ...extra }));
    expect([events.length, refused]).toEqual([1, []]);
    const [event] = events;
    if (event?.kind !== 'request') throw new Error('a request beacon is a report');
    return event;
  }

  test('are the player’s half of a request', () => {
    const half = report({ seq: 41 });
    expect(half).toMatchObject({
      kind: 'request',
      source: player,
      receivedMs: NOW,
      startMs: NOW - 10,
      ttfbMs: 2,
      durationMs: 4,
      method: 'GET',
      scheme: 'https',
      host: 'edge-a.example',
      path: '/hls/v3/seg_008.m4s',
      status: 503,
      bodyBytes: 190,
      objectType: 'video',
      errorType: '',
      isComplete: true,
      rid: '946627d39be4471c',
      requestId: '807a244fabdb8567f8755deddc0f7b37',
      pop: 'edge-a',
      sessionId: 's1',
      client: delivery.client,
    });
    expect(half.cmcd).toMatchObject({ sid: 's1', bufferMs: 8000, bitrateKbps: 2820, objectDurationMs: 2000 });
    expect(half.query).not.toContain('s3cret');
  });

  test('without an answer are not complete', () => {
    expect(report({ status: 0 })).toMatchObject({ status: Number.NaN, errorType: 'no_response', isComplete: false });
    expect(report({ status: undefined, error: 'timeout' })).toMatchObject({ errorType: 'timeout', isComplete: false });
    expect(report({ status: 200, error: 'client_abort' })).toMatchObject({
      status: 200,
      errorType: 'client_abort',
      isComplete: false,
    });
  });

  test('say what CMCD in the URL did not', () => {
    const url = 'https://edge-a.example/a/seg.m4s';
    const half = report({
      url,
      content: 'c1',
      mediaDurationMs: 2000,
      bitrateKbps: 290,
      bufferMs: 100,
      cdn: 'cdn-a',
      objectType: 'audio',
    });
    expect(half.cmcd).toMatchObject({
      sid: '',
      cid: 'c1',
      objectDurationMs: 2000,
      bitrateKbps: 290,
      bufferMs: 100,
      cdn: 'cdn-a',
    });
    expect([half.sessionId, half.objectType]).toEqual(['s1', 'audio']);
  });

  test('delivered twice have one fingerprint; two tries of a URL have two', () => {
    const [a, b, c] = [report({ seq: 1 }), report({ seq: 1 }), report({ seq: 2 })];
    expect([a.uidHigh, a.uidLow]).toEqual([b.uidHigh, b.uidLow]);
    expect([a.uidHigh, a.uidLow]).not.toEqual([c.uidHigh, c.uidLow]);
    expect(a.uidHigh | a.uidLow).not.toBe(0);
  });
});
