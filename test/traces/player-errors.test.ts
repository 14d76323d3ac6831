import { expect, test } from 'vitest';
import { sessionSpan } from '../../collector/traces/session-spans.ts';
import { playerEvent } from '../correlate/playback-log.ts';
import { makeSummary } from '../exporters/sessions.ts';

test('errors of the player are exceptions on the session, at their time on our clock', () => {
  const event = playerEvent(0, 'error', {
    errorCode: 'bufferStalledError',
    message: 'nothing to play',
    errorClass: 'technical',
    isFatal: false,
  });
  const span = sessionSpan(makeSummary({ playerErrors: [{ event, atMs: 1_795_000_000_500 }] }), []);
  expect(span.events).toEqual([
    {
      name: 'exception',
      timeMs: 1_795_000_000_500,
      attributes: [
        ['exception.type', 'bufferStalledError'],
        ['exception.message', 'nothing to play'],
        ['playpath.error.class', 'technical'],
        ['playpath.error.fatal', 'false'],
      ],
    },
  ]);
});

test('an error without words is named by its code', () => {
  const event = playerEvent(0, 'error', { errorCode: '3016', isFatal: true });
  const [told] = sessionSpan(makeSummary({ playerErrors: [{ event, atMs: 1 }] }), []).events;
  expect(told?.attributes).toContainEqual(['exception.message', '3016']);
  expect(told?.attributes).toContainEqual(['playpath.error.fatal', 'true']);
});
