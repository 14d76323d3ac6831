import type { Exchange } from '../exchange.ts';

/** What an edge knows of an exchange when it writes its line, in true time. */
export type EdgeRecord = {
  readonly receivedMs: number;
  readonly endMs: number;
  readonly durationMs: number;
  readonly ttfbMs: number;
  /** False: the viewer left before a response. */
  readonly isAnswered: boolean;
  readonly isComplete: boolean;
  /** NaN without an answer. */
  readonly status: number;
};

export function edgeRecordOf(exchange: Exchange): EdgeRecord {
  const { answer, edgeReceivedMs, ending } = exchange;
  const halfTripMs = exchange.viewer.rttMs / 2;
  const isComplete = ending === 'ok' || ending === 'http_error';
  // The edge sends its last byte half a round trip before it arrives, and learns of a reset as much after it.
  const seenMs = isComplete ? exchange.endMs - halfTripMs : exchange.endMs + halfTripMs;
  const endMs = Math.max(seenMs, edgeReceivedMs);
  const isAnswered = answer.firstByteMs <= endMs;
  return {
    receivedMs: edgeReceivedMs,
    endMs,
    durationMs: endMs - edgeReceivedMs,
    ttfbMs: isAnswered ? answer.firstByteMs - edgeReceivedMs : endMs - edgeReceivedMs,
    isAnswered,
    isComplete,
    status: isAnswered ? answer.status : Number.NaN,
  };
}
