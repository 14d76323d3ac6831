import { describe, expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { decodeBeacons } from '../../collector/receivers/beacon-body.ts';
import type { PlayerDelivery } from '../../collector/receivers/player-delivery.ts';
import { NOW, source, testClients, testUrls } from './support.ts';

const player = source('player');
const delivery: PlayerDelivery = {
  source: player,
  receivedMs: NOW,
  client: testClients.lookup('192.0.2.7', 'Firefox'),
  urls: testUrls,
};

function decode(body: unknown) {
  const events: Event[] = [];
  const refused: string[] = [];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  decodeBeacons(
    Buffer.from(text),
    delivery,
    (event) => events.push(event),
    (reason) => refused.push(reason),
  );
  return { events, refused };
}

/** Own fields of player events, without what all of them share. */
function said(body: unknown): object[] {
  const { events, refused } = decode(body);
  expect(refused).toEqual([]);
  return events.map(({ kind: _, source: from, client, ...own }) => {
    expect([from, client]).toEqual([player, delivery.client]);
    return own;
  });
}

const at = { sid: 's1', tsMs: NOW - 5, receivedMs: NOW };
const beacon = (event: string, fields: object = {}) => ({ event, session: 's1', ts: NOW - 5, ...fields });

describe('Playpath events', () => {
  for (const [event, fields, expected] of [
    ['session_start', {}, [{ name: 'state', state: 'preloading' }]],
    ['player_loaded', {}, [{ name: 'state', state: 'preloading' }]],
    ['play', { reason: 'click' }, [{ name: 'play_requested', reason: 'click' }]],
    ['playback_start', {}, [{ name: 'state', state: 'playing' }]],
    [
      'playback_start',
      { startupMs: 820 },
      [
        { name: 'state', state: 'playing' },
        { name: 'startup', startupMs: 820 },
      ],
    ],
    ['playing', {}, [{ name: 'state', state: 'playing' }]],
    ['pause', {}, [{ name: 'state', state: 'paused' }]],
    ['buffering', {}, [{ name: 'state', state: 'rebuffering' }]],
    ['buffering', { phase: 'start', bufferMs: 0 }, [{ name: 'state', state: 'rebuffering', bufferMs: 0 }]],
    ['buffering', { phase: 'end' }, [{ name: 'state', state: 'playing' }]],
    ['seek', {}, [{ name: 'seek' }]],
    ['seek', { phase: 'end' }, [{ name: 'state', state: 'playing' }]],
    ['seek', { phase: 'end', state: 'paused' }, [{ name: 'state', state: 'paused' }]],
    ['content_end', {}, [{ name: 'state', state: 'ended' }]],
    ['session_end', {}, [{ name: 'state', state: 'quit' }]],
    ['session_end', { reason: 'error' }, [{ name: 'state', state: 'failed', reason: 'error' }]],
    ['state', { state: 'waiting' }, [{ name: 'state', state: 'waiting' }]],
    ['file_downloaded', { bytes: 5_000_000 }, [{ name: 'download', bytes: 5_000_000 }]],
    [
      'rendition_switch',
      { bitrateKbps: 2820, fromBitrateKbps: 290, height: 720, reason: 'throughput' },
      [
        {
          name: 'rendition',
          phase: 'applied',
          bitrateKbps: 2820,
          fromBitrateKbps: 290,
          height: 720,
          reason: 'throughput',
        },
      ],
    ],
    [
      'rendition_switch',
      { phase: 'requested', bitrateKbps: 290 },
      [{ name: 'rendition', phase: 'requested', bitrateKbps: 290 }],
    ],
    [
      'error',
      { fatal: true, code: 'fragLoadError', message: 'gone: https://e.example/a?token=s3cret' },
      [
        {
          name: 'error',
          isFatal: true,
          errorClass: 'technical',
          errorCode: 'fragLoadError',
          message: 'gone: https://e.example/a?token=redacted',
        },
      ],
    ],
    [
      'error',
      { class: 'business', code: 451 },
      [{ name: 'error', isFatal: false, errorClass: 'business', errorCode: '451' }],
    ],
    ['heartbeat', { state: 'paused' }, [{ name: 'heartbeat', state: 'paused' }]],
    ['visibility', { hidden: true }, [{ name: 'visibility', isBackground: true }]],
    ['ad_start', {}, [{ name: 'ad_start' }]],
    ['ad_end', {}, [{ name: 'ad_end' }]],
    ['cdn', { cdn: 'cdn-b', reason: '5xx' }, [{ name: 'cdn', cdn: 'cdn-b', reason: '5xx' }]],
  ] as const) {
    test(`${event} ${JSON.stringify(fields)}`, () => {
      expect(said(beacon(event, fields))).toEqual(expected.map((own) => ({ ...at, ...own })));
    });
  }

  test('common fields ride on any event, in the words of the model', () => {
    const fields = {
      seq: 7,
      content: 'movie-1',
      title: 'Movie',
      streamType: 'live',
      player: 'hls.js',
      property: 'site',
      viewer: 42,
      bitrateKbps: 2820.4,
      height: 720,
      bufferMs: '4000',
      playheadMs: 61_000,
      measuredKbps: 5000,
      droppedFrames: 0,
      decodedFrames: 1500,
      liveLatencyMs: -20,
      cdn: 'cdn-a',
      traceId: 'C485FB8B06C348728464' + '19285EEE9CE9',
      spanId: '946627d39be4471c',
    };
    expect(said(beacon('heartbeat', fields))).toEqual([
      {
        ...at,
        name: 'heartbeat',
        seq: 7,
        contentId: 'movie-1',
        title: 'Movie',
        streamType: 'live',
        player: 'hls.js',
        property: 'site',
        viewerId: '42',
        bitrateKbps: 2820.4,
        height: 720,
        bufferMs: 4000,
        playheadMs: 61_000,
        measuredKbps: 5000,
        droppedFrames: 0,
        decodedFrames: 1500,
        liveLatencyMs: -20,
        cdn: 'cdn-a',
        traceId: 'c485fb8b06c34872846419285eee9ce9',
        spanId: '946627d39be4471c',
      },
    ]);
  });

  test('fields of a wrong type are absent, not zero', () => {
    const fields = {
      seq: 'x',
      bufferMs: null,
      playheadMs: -1,
      bitrateKbps: {},
      streamType: 'tape',
      traceId: 'nohex',
      height: [],
    };
    expect(said(beacon('heartbeat', fields))).toEqual([{ ...at, name: 'heartbeat' }]);
  });

  for (const [name, body, reason] of [
    ['no session', { event: 'play', ts: NOW }, 'missing_session'],
    ['an empty session', beacon('play', { session: '' }), 'missing_session'],
    ['no time', { event: 'play', session: 's' }, 'missing_time'],
    ['a time that is none', beacon('play', { ts: 'noon' }), 'missing_time'],
    ['a name nobody knows', beacon('dance'), 'unknown_event'],
    ['a synonym that is not in the schema', beacon('rebufferstart'), 'unknown_event'],
    ['no name', { session: 's', ts: NOW }, 'unknown_event'],
    ['a state that is none', beacon('state', { state: 'dancing' }), 'bad_value'],
    ['visibility of nothing', beacon('visibility'), 'bad_value'],
    ['a request without a URL', beacon('request'), 'missing_request'],
    ['a request of no URL', beacon('request', { url: 'seg_1.m4s' }), 'missing_request'],
    ['a number', 5, 'not_object'],
    ['nothing', null, 'not_object'],
    ['rubbish', '{"event":', 'not_json'],
    ['an empty body is nothing at all', '', undefined],
  ] as const) {
    test(`is refused: ${name}`, () => {
      expect(decode(body)).toEqual({ events: [], refused: reason === undefined ? [] : [reason] });
    });
  }

  test('a prototype is a field like any other', () => {
    const body =
      '{"event":"play","session":"s","ts":1795294681000,"__proto__":{"reason":"x"},"constructor":{"prototype":{"reason":"x"}}}';
    expect(said(body)[0]).not.toHaveProperty('reason');
    expect(({} as Record<string, unknown>).reason).toBeUndefined();
  });
});

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

describe('Eyevinn Player Analytics Specification', () => {
  const epas = (event: string, fields: object = {}) => ({
    event,
    sessionId: 's1',
    timestamp: NOW - 5,
    playhead: 100,
    duration: -1,
    ...fields,
  });
  const here = { ...at, playheadMs: 100 };
  for (const [event, fields, expected] of [
    [
      'init',
      { payload: { contentId: 'c1', userId: 'u1', live: true } },
      [{ name: 'state', state: 'preloading', contentId: 'c1', viewerId: 'u1', streamType: 'live' }],
    ],
    [
      'metadata',
      { payload: { live: false, contentTitle: 'Movie' } },
      [{ name: 'heartbeat', streamType: 'vod', title: 'Movie' }],
    ],
    ['heartbeat', {}, [{ name: 'heartbeat' }]],
    ['loading', {}, [{ name: 'play_requested' }]],
    ['loaded', {}, [{ name: 'heartbeat' }]],
    ['play', {}, [{ name: 'play_requested' }]],
    ['resume', {}, [{ name: 'play_requested' }]],
    ['playing', {}, [{ name: 'state', state: 'playing' }]],
    ['pause', {}, [{ name: 'state', state: 'paused' }]],
    ['paused', {}, [{ name: 'state', state: 'paused' }]],
    ['buffering', {}, [{ name: 'state', state: 'rebuffering' }]],
    ['buffered', {}, [{ name: 'state', state: 'playing' }]],
    ['buffered', { payload: { interrupted: true } }, [{ name: 'heartbeat' }]],
    ['seeking', {}, [{ name: 'seek' }]],
    ['seeked', {}, [{ name: 'heartbeat' }]],
    [
      'bitrate_changed',
      { payload: { bitrate: '246.440', width: '320', height: '136' } },
      [{ name: 'rendition', phase: 'applied', bitrateKbps: 246.44, height: 136 }],
    ],
    ['stopped', { payload: { reason: 'ended' } }, [{ name: 'state', state: 'ended', reason: 'ended' }]],
    ['stopped', { payload: { reason: 'error' } }, [{ name: 'state', state: 'failed', reason: 'error' }]],
    ['stopped', { payload: { reason: 'aborted' } }, [{ name: 'state', state: 'quit', reason: 'aborted' }]],
    ['stopped', {}, [{ name: 'state', state: 'quit' }]],
    [
      'error',
      { payload: { category: 'NETWORK', code: '2', message: 'm' } },
      [{ name: 'error', isFatal: true, errorClass: 'technical', errorCode: '2', message: 'm' }],
    ],
    [
      'warning',
      { payload: { code: '3' } },
      [{ name: 'error', isFatal: false, errorClass: 'technical', errorCode: '3' }],
    ],
    ['warn', { payload: { code: '3' } }, [{ name: 'error', isFatal: false, errorClass: 'technical', errorCode: '3' }]],
  ] as const) {
    test(`${event} ${JSON.stringify(fields)}`, () => {
      expect(said(epas(event, fields))).toEqual(expected.map((own) => ({ ...here, ...own })));
    });
  }

  test('version 0.1 wraps typed events in an envelope', () => {
    const body = {
      sessionId: 's1',
      events: [
        { type: 'play', timestamp: NOW - 5, playhead: -1 },
        { type: 'playing', timestamp: NOW - 5, playhead: 0 },
      ],
    };
    expect(said(body)).toEqual([
      { ...at, name: 'play_requested' },
      { ...at, name: 'state', state: 'playing', playheadMs: 0 },
    ]);
  });

  test('an unknown time is the time of reception', () => {
    expect(said(epas('init', { timestamp: -1, playhead: -1 }))).toEqual([
      { ...at, tsMs: NOW, name: 'state', state: 'preloading' },
    ]);
  });

  test('an event of another version is refused', () => {
    expect(decode(epas('danced')).refused).toEqual(['unknown_event']);
  });
});

describe('Amazon IVS heartbeat', () => {
  const heartbeat = {
    sessionId: 's1',
    channelArn: 'arn:aws:ivs:eu-west-1:123456789012:channel/abcd',
    streamId: 'st-1',
    timestamp: NOW - 5,
    state: 'Playing',
    quality: { name: '720p60', bitrate: 3_422_999, width: 1280, height: 720, framerate: 60 },
    bufferDuration: 4.2,
    liveLatency: 2.9,
    position: 31.5,
    droppedFrames: 3,
    decodedFrames: 1790,
    client: { platform: 'web', version: '1.56.1', userId: 'u-17' },
  };
  const common = { ...at, contentId: 'st-1', player: 'ivs', viewerId: 'u-17', streamType: 'live' };

  test('carries client, session and quality', () => {
    expect(said(heartbeat)).toEqual([
      {
        ...common,
        name: 'state',
        state: 'playing',
        bitrateKbps: 3422.999,
        height: 720,
        bufferMs: 4200,
        liveLatencyMs: 2900,
        playheadMs: 31_500,
        droppedFrames: 3,
        decodedFrames: 1790,
      },
    ]);
  });

  test('without a state it only says that the session lives', () => {
    expect(said({ ...heartbeat, state: undefined })[0]).toMatchObject({ name: 'heartbeat', bitrateKbps: 3422.999 });
  });

  for (const [state, expected] of [
    ['Idle', 'paused'],
    ['Ready', 'preloading'],
    ['Buffering', 'rebuffering'],
    ['Ended', 'ended'],
  ] as const) {
    test(`${state} is ${expected}`, () =>
      expect(said({ ...heartbeat, state })[0]).toMatchObject({ name: 'state', state: expected }));
  }

  test('the summary of AWS’s sample dashboard is read as well', () => {
    const summary = {
      metric_type: 'PLAYBACK_SUMMARY',
      client_platform: 'web',
      is_live: false,
      channel_watched: 'xhP3ExfcX8ON',
      error_count: 2,
      playing_time_ms: 60_015,
      buffering_time_ms: 1_500,
      rendition_name: '720p',
      rendition_height: 720,
      startup_latency_ms: 640,
      live_latency_sec: '3',
      session_id: 's1',
      user_id: 'u1',
      event_time: NOW - 5,
    };
    const events = said(summary);
    expect(events.map((event) => 'name' in event && event.name)).toEqual([
      'heartbeat',
      'startup',
      'starved',
      'error',
      'error',
    ]);
    expect(events[0]).toMatchObject({
      contentId: 'xhP3ExfcX8ON',
      viewerId: 'u1',
      streamType: 'vod',
      height: 720,
      liveLatencyMs: 3000,
    });
    expect(events[1]).toMatchObject({ startupMs: 640 });
    expect(events[2]).toMatchObject({ starvedMs: 1500 });
  });

  test('thousands of errors in one heartbeat are ten', () => {
    expect(said({ ...heartbeat, error_count: 5000 }).length).toBe(11);
  });

  test('without a time it happened when it came', () => {
    expect(said({ ...heartbeat, timestamp: undefined })[0]).toMatchObject({ tsMs: NOW });
  });
});
