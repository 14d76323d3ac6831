import { describe, expect, test } from 'vitest';
import { at, said } from './beacon-decode.ts';
import { NOW } from './support.ts';

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
