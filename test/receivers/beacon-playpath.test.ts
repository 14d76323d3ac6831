import { describe, expect, test } from 'vitest';
import { at, beacon, decode, said } from './beacon-decode.ts';
import { NOW } from './support.ts';

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
