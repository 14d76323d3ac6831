import { ATTR } from '../contract.gen';
import { isBad } from './outcomes';
import { type Request } from './request';
import { type Point, type Renditions, type RenditionSwitch } from './session-model';
import { type SessionSpans } from './session-spans';
import { numberOf, type Span, textOf } from './span';

/** The ladder as this session used it: what was asked for, and what came on screen when. */
export function renditionsOf(spans: SessionSpans, requests: readonly Request[], startMs: number): Renditions {
  const switches = spans.named('abr_switch').map(switchFrom);
  switches.sort((a, b) => a.appliedMs - b.appliedMs);
  const requested: Point[] = [];
  for (const { bitrate, objectType, startMs: atMs, outcome } of requests) {
    const isPicture = objectType === 'video' || objectType === 'muxed';
    if (isPicture && bitrate > 0 && !isBad(outcome) && requested[requested.length - 1]?.value !== bitrate) {
      requested.push({ atMs, value: bitrate });
    }
  }
  const levels = new Set([
    ...requested.map(({ value }) => value),
    ...switches.flatMap(({ from, to }) => [from, to]).filter((bitrate) => bitrate > 0),
  ]);
  return { levels: mergeClose([...levels]), requested, applied: appliedPoints(switches, requested, startMs), switches };
}

function switchFrom(span: Span): RenditionSwitch {
  return {
    requestedMs: span.startMs,
    appliedMs: span.endMs,
    from: numberOf(span, ATTR.switchFrom),
    to: numberOf(span, ATTR.switchTo),
    reason: textOf(span, ATTR.switchReason),
    span,
  };
}

/** Without switches there is one rendition, if only one was ever asked for. */
function appliedPoints(switches: readonly RenditionSwitch[], requested: readonly Point[], startMs: number): Point[] {
  const [first] = switches;
  if (first === undefined) {
    return requested.length === 1 ? [{ atMs: requested[0].atMs, value: requested[0].value }] : [];
  }
  const initial = first.from > 0 ? [{ atMs: startMs, value: first.from }] : [];
  return [
    ...initial,
    ...switches.filter(({ to }) => to > 0).map(({ appliedMs, to }) => ({ atMs: appliedMs, value: to })),
  ];
}

/** Players round the bitrates they report: 2,884 and 2,885 kbit/s are one level. */
function mergeClose(bitrates: number[]): number[] {
  const levels: number[] = [];
  for (const bitrate of bitrates.sort((a, b) => a - b)) {
    const last = levels[levels.length - 1];
    if (last === undefined || bitrate > last * 1.01) {
      levels.push(bitrate);
    }
  }
  return levels;
}
