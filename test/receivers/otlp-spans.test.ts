import { describe, expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { spansOfJson } from '../../collector/receivers/otlp-json.ts';
import { emitSpan } from '../../collector/receivers/otlp-spans.ts';
import type { PlayerDelivery } from '../../collector/receivers/player-delivery.ts';
import { SPAN, type SpanFields, TRACE, traces } from './otlp-requests.ts';
import { NOW, source, testClients, testUrls } from './support.ts';

function read(span: SpanFields): { outcome: string; events: Event[] } {
  const delivery: PlayerDelivery = {
    source: source('player'),
    receivedMs: NOW + 5000,
    client: testClients.lookup('192.0.2.7', 'ua'),
    urls: testUrls,
  };
  const events: Event[] = [];
  const [batch] = spansOfJson(traces(span)) ?? [];
  const [record] = batch?.records ?? [];
  if (batch === undefined || record === undefined) throw new Error('one span');
  return { outcome: emitSpan(record, batch.resource, delivery, (event) => events.push(event)), events };
}

/** What a span says, as `name state @ms after its begin`. */
function said(span: SpanFields): string[] {
  const { outcome, events } = read(span);
  expect(outcome).toBe('');
  return events.map((event) =>
    event.kind === 'player' ? `${event.name}${event.state ? ` ${event.state}` : ''} @${event.tsMs - NOW}` : 'request',
  );
}

describe('HTTP spans of media are requests', () => {
  const url =
    'https://edge-a.example/hls/v3/seg_008.m4s?CMCD=br%3D2820%2Cot%3Dv%2Csid%3D%22s1%22&rid=aaaaaaaaaaaaaaaa&token=s3cret';
  const report = (span: SpanFields) => {
    const { outcome, events } = read(span);
    expect([outcome, events.length]).toEqual(['', 1]);
    const [event] = events;
    if (event?.kind !== 'request') throw new Error('a request');
    return event;
  };

  test('stable semantic conventions', () => {
    const half = report({
      attributes: {
        'url.full': url,
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'http.response.body.size': 512_345,
        'session.id': 'page-session',
        'cdn.name': 'cdn-a',
        'http.response.header.x-request-id': 'edge-request-1',
      },
      events: [{ name: 'responseStart', at: NOW + 40 }],
    });
    expect(half).toMatchObject({
      startMs: NOW,
      durationMs: 1500,
      ttfbMs: 40,
      method: 'GET',
      host: 'edge-a.example',
      path: '/hls/v3/seg_008.m4s',
      objectType: 'video',
      status: 200,
      bodyBytes: 512_345,
      traceId: TRACE,
      spanId: SPAN,
      sessionId: 'page-session',
      requestId: 'edge-request-1',
      rid: 'aaaaaaaaaaaaaaaa',
      isComplete: true,
      receivedMs: NOW + 5000,
    });
    expect(half.cmcd).toMatchObject({ sid: 's1', bitrateKbps: 2820, cdn: 'cdn-a' });
    expect(half.query).not.toContain('s3cret');
    expect(half.uidHigh | half.uidLow).not.toBe(0);
  });

  test('the names before they were stable', () => {
    const old = { 'http.url': url, 'http.method': 'get', 'http.status_code': 404, 'http.response_content_length': 12 };
    expect(report({ attributes: old })).toMatchObject({ method: 'GET', status: 404, bodyBytes: 12, isComplete: true });
  });

  for (const [name, span, errorType] of [
    ['timeout', { events: [{ name: 'timeout', at: NOW }] }, 'timeout'],
    ['abort', { events: [{ name: 'abort', at: NOW }] }, 'client_abort'],
    ['AbortError', { attributes: { 'error.type': 'AbortError' } }, 'client_abort'],
    ['error', { events: [{ name: 'error', at: NOW }] }, 'no_response'],
    ['no status', {}, 'no_response'],
  ] as const) {
    test(`${name} is ${errorType}`, () => {
      const fields: SpanFields = {
        ...span,
        attributes: { 'url.full': url, ...('attributes' in span ? span.attributes : {}) },
      };
      expect(report(fields)).toMatchObject({ status: Number.NaN, errorType, isComplete: false });
    });
  }

  test('the session is media.session.id, else session.id, else the resource’s, else found by the trace', () => {
    const all = { 'url.full': url, 'media.session.id': 'a', 'session.id': 'b' };
    expect(report({ attributes: all, resource: { 'session.id': 'c' } }).sessionId).toBe('a');
    expect(
      report({ attributes: { 'url.full': url, 'session.id': 'b' }, resource: { 'session.id': 'c' } }).sessionId,
    ).toBe('b');
    expect(report({ attributes: { 'url.full': url }, resource: { 'session.id': 'c' } }).sessionId).toBe('c');
    expect(report({ attributes: { 'url.full': url } })).toMatchObject({ sessionId: '', traceId: TRACE });
  });

  for (const other of [
    'http://127.0.0.1:18091/cmcd',
    'https://x.example/steering.json?_HLS_pathway=a',
    'https://x.example/font.woff2',
    'not a url',
  ]) {
    test(`${other} is not playback`, () =>
      expect(read({ attributes: { 'url.full': other } }).outcome).toBe('not_playback'));
  }

  test('media by its attribute, whatever its path', () => {
    expect(
      report({ attributes: { 'url.full': 'https://x.example/blob/17', 'media.object.type': 'audio' } }).objectType,
    ).toBe('audio');
  });
});

describe('spans named after playback are statements', () => {
  const session = { 'media.session.id': 's1' };
  for (const [name, expected] of [
    ['session', ['play_requested @0']],
    ['playback', ['play_requested @0']],
    ['player.session', ['play_requested @0']],
    ['startup', ['play_requested @0', 'state playing @1500', 'startup @1500']],
    ['stall', ['state rebuffering @0', 'state playing @1500']],
    ['rebuffering', ['state rebuffering @0', 'state playing @1500']],
    ['player.buffering', ['state rebuffering @0', 'state playing @1500']],
    ['media.seek', ['seek @0', 'state playing @1500']],
    ['pause', ['state paused @0', 'state playing @1500']],
    ['ad', ['ad_start @0', 'ad_end @1500']],
    ['abr_switch', ['rendition @0', 'rendition @1500']],
    ['error', ['error @0']],
    ['playback.error', ['error @0']],
    ['firstFrame', ['state playing @0']],
    ['heartbeat', ['heartbeat @0']],
  ] as const) {
    test(name, () => expect(said({ name, attributes: session })).toEqual(expected));
  }

  test('the end of a session counts if it says how it ended', () => {
    expect(said({ name: 'session', attributes: { ...session, reason: 'closed' } })).toEqual([
      'play_requested @0',
      'state quit @1500',
    ]);
    expect(said({ name: 'session', attributes: { ...session, reason: 'ended' } })).toEqual([
      'play_requested @0',
      'state ended @1500',
    ]);
    const failed = read({ name: 'session', attributes: session, error: 'decode failed' }).events;
    expect(failed).toMatchObject([
      { name: 'play_requested' },
      { name: 'error', isFatal: true, message: 'decode failed', tsMs: NOW + 1500 },
    ]);
    expect(read({ name: 'startup', attributes: session, error: '' }).events[1]).toMatchObject({
      name: 'error',
      isFatal: true,
    });
  });

  test('a span that is not over has said how it began', () => {
    expect(said({ name: 'stall', attributes: session, to: 0 })).toEqual(['state rebuffering @0']);
  });

  test('span events say more, at their own time', () => {
    const events = [
      { name: 'play', at: NOW + 1 },
      { name: 'stall.start', at: NOW + 100 },
      { name: 'stall.end', at: NOW + 200 },
      { name: 'statechange', at: NOW + 250, attributes: { sta: 'a' } },
      { name: 'exception', at: NOW + 300, attributes: { 'exception.type': 'MediaError', 'exception.message': 'm' } },
      { name: 'ui.click', at: NOW + 400 },
    ];
    expect(said({ name: 'my player', attributes: session, events })).toEqual([
      'play_requested @1',
      'state rebuffering @100',
      'state playing @200',
      'state paused @250',
      'error @300',
    ]);
  });

  test('attributes are read in the units of their conventions', () => {
    const { events } = read({
      name: 'abr_switch',
      attributes: {
        ...session,
        'media.rendition.bitrate': 2_820_000,
        'media.buffer.length': 4.5,
        'media.content.id': 'c1',
        'media.stream.type': 'live',
      },
    });
    const common = {
      sid: 's1',
      traceId: TRACE,
      spanId: SPAN,
      bitrateKbps: 2820,
      bufferMs: 4500,
      contentId: 'c1',
      streamType: 'live',
    };
    expect(events).toMatchObject([
      { ...common, phase: 'requested', tsMs: NOW },
      { ...common, phase: 'applied', tsMs: NOW + 1500 },
    ]);
  });

  test('without a session the trace is it, if media attributes vouch for the span', () => {
    expect(read({ name: 'stall', attributes: { 'media.content.id': 'c1' } }).events).toMatchObject([
      { sid: TRACE },
      { sid: TRACE },
    ]);
    expect(read({ name: 'stall' }).outcome).toBe('not_playback');
    expect(read({ name: 'error' }).outcome).toBe('not_playback');
    expect(read({ name: 'stall', traceId: '', attributes: { 'media.content.id': 'c1' } }).outcome).toBe(
      'missing_session',
    );
  });

  test('other spans of the page are none of ours', () => {
    expect(read({ name: 'documentLoad', attributes: session }).outcome).toBe('not_playback');
  });

  test('a statement without a time is refused', () => {
    expect(read({ name: 'stall', attributes: session, from: 0 }).outcome).toBe('missing_time');
  });
});
