import { ATTR } from '../contract.gen';
import { halfOf, type Request } from './request';
import { type Point, type StateInterval } from './session-model';
import { numberOf } from './span';

/**
 * Buffer in seconds over time. A request line carries what the player had when it asked, which is fresher than the
 * player's later report of the same request. A stall is by definition an empty buffer, so its begin adds a zero.
 */
export function bufferPoints(requests: readonly Request[], states: readonly StateInterval[]): Point[] {
  const points: Point[] = [];
  for (const request of requests) {
    const edge = halfOf(request, 'edge');
    const asked = numberOf(edge?.span, ATTR.bufferLength);
    const value = Number.isNaN(asked) ? numberOf(request.halves[0].span, ATTR.bufferLength) : asked;
    if (!Number.isNaN(value)) {
      points.push({ atMs: request.startMs, value });
    }
  }
  if (points.length === 0) {
    return points;
  }
  points.sort((a, b) => a.atMs - b.atMs);
  return [...points, ...dryPoints(points, states)].sort((a, b) => a.atMs - b.atMs);
}

/** Zeros from the begin of each stall until the next sample, or until the stall ends. */
function dryPoints(samples: readonly Point[], states: readonly StateInterval[]): Point[] {
  return states.flatMap(({ state, startMs, endMs }) => {
    if (state !== 'stalled') {
      return [];
    }
    const next = samples.find(({ atMs }) => atMs > startMs);
    const untilMs = next && next.atMs < endMs ? next.atMs - 1 : endMs;
    return [
      { atMs: startMs, value: 0 },
      { atMs: Math.max(startMs, untilMs), value: 0 },
    ];
  });
}
