import { describe, expect, test } from 'vitest';
import { at, decode, said } from './beacon-decode.ts';
import { NOW } from './support.ts';

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
