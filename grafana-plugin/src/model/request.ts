import { ATTR } from '../contract.gen';
import { type Outcome, outcomeOf } from './outcomes';
import { pushTo } from './push-to';
import { numberOf, type Span, textOf } from './span';

export const TIERS = ['player', 'edge', 'shield', 'origin'] as const;
export type Tier = (typeof TIERS)[number];

/** What one party reports of a request. Times in Unix milliseconds. */
export type Half = {
  readonly tier: Tier;
  readonly span: Span;
  readonly startMs: number;
  readonly endMs: number;
  /** From its start to its first byte; NaN when nobody said. */
  readonly ttfbMs: number;
  /** NaN when nobody answered. */
  readonly status: number;
  readonly outcome: Outcome;
};

/** One object fetch, whole: up to four halves, the one nearest to the viewer first. */
export type Request = {
  /** Span ids of every half, the outermost first: evidence may point at any. */
  readonly id: string;
  readonly halves: readonly Half[];
  readonly cdn: string;
  readonly pop: string;
  readonly objectType: string;
  readonly path: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly ttfbMs: number;
  readonly status: number;
  readonly outcome: Outcome;
  readonly sizeBytes: number;
  /** Media time the object carries. */
  readonly mediaMs: number;
  /** Encoded bitrate, bit/s. */
  readonly bitrate: number;
  /** Took longer than it plays: more of these and the player stalls. */
  readonly isSlow: boolean;
};

const MEDIA_TYPES = new Set(['video', 'audio', 'muxed']);

export function isMedia(request: Request): boolean {
  return MEDIA_TYPES.has(request.objectType);
}

export function halfOf(request: Request, tier: Tier): Half | undefined {
  return request.halves.find((half) => half.tier === tier);
}

const RANK: Record<Tier, number> = { player: 0, edge: 1, shield: 2, origin: 3 };

const TIER_OF_SPAN = new Map<string, Tier>([
  ['request', 'player'],
  ['edge', 'edge'],
  ['shield', 'shield'],
  ['origin', 'origin'],
]);

export function tierOf(span: Span): Tier | undefined {
  return TIER_OF_SPAN.get(span.name);
}

/** Requests from the halves among the spans, in order of their starts. */
export function wholeRequests(spans: readonly Span[]): Request[] {
  const halves = new Map<string, Span>();
  for (const span of spans) {
    if (tierOf(span) !== undefined) {
      halves.set(span.spanId, span);
    }
  }
  const families = new Map<string, Span[]>();
  for (const span of halves.values()) {
    pushTo(families, outermost(span, halves).spanId, span);
  }
  return [...families.values()].map(wholeRequest).sort((a, b) => a.startMs - b.startMs);
}

function outermost(span: Span, halves: ReadonlyMap<string, Span>): Span {
  let top = span;
  // A chain has four links; the bound holds against parents that go round in circles.
  for (let step = 0; step < TIERS.length; step++) {
    const parent = halves.get(top.parentSpanId);
    if (parent === undefined) {
      break;
    }
    top = parent;
  }
  return top;
}

function wholeRequest(family: Span[]): Request {
  const halves = family.map(halfFrom).sort((a, b) => RANK[a.tier] - RANK[b.tier]);
  const spans = halves.map(({ span }) => span);
  const [first] = halves;
  const edge = halves.find(({ tier }) => tier === 'edge');
  const answered = halves.find(({ status }) => !Number.isNaN(status));
  const objectType = firstText(spans, ATTR.objectType) || 'other';
  const mediaMs = firstNumber(spans, ATTR.objectDuration) * 1000;
  // A failure anywhere that the viewer felt is on the first half; what the cache did only the edge knows.
  const outcome = first.outcome === 'ok' && edge ? edge.outcome : first.outcome;
  return {
    id: first.span.spanId,
    halves,
    cdn: textOf(edge?.span, ATTR.cdnName) || firstText(spans, ATTR.cdnName) || firstText(spans, ATTR.serverAddress),
    pop: textOf(edge?.span, ATTR.cdnPop),
    objectType,
    path: firstText(spans, ATTR.urlPath) || firstText(spans, ATTR.urlFull),
    startMs: first.startMs,
    endMs: first.endMs,
    ttfbMs: first.ttfbMs,
    status: answered?.status ?? NaN,
    outcome,
    sizeBytes:
      textOf(edge?.span, ATTR.bodySize) === ''
        ? firstNumber(spans, ATTR.bodySize)
        : numberOf(edge?.span, ATTR.bodySize),
    mediaMs,
    bitrate: firstNumber(spans, ATTR.renditionBitrate),
    isSlow: MEDIA_TYPES.has(objectType) && mediaMs > 0 && first.endMs - first.startMs > mediaMs,
  };
}

function halfFrom(span: Span): Half {
  const status = numberOf(span, ATTR.status);
  const ttfb = numberOf(span, span.name === 'request' ? ATTR.playerTtfb : ATTR.ttfb);
  return {
    tier: tierOf(span) ?? 'edge',
    span,
    startMs: span.startMs,
    endMs: span.endMs,
    ttfbMs: Math.min(ttfb * 1000, span.endMs - span.startMs),
    status,
    outcome: outcomeOf({
      status,
      errorType: textOf(span, ATTR.errorType),
      cacheStatus: textOf(span, ATTR.cacheStatus),
      isComplete: textOf(span, ATTR.completion) !== 'false',
    }),
  };
}

function firstText(spans: readonly Span[], name: string): string {
  for (const span of spans) {
    const text = textOf(span, name);
    if (text !== '') {
      return text;
    }
  }
  return '';
}

function firstNumber(spans: readonly Span[], name: string): number {
  for (const span of spans) {
    const number = numberOf(span, name);
    if (!Number.isNaN(number)) {
      return number;
    }
  }
  return NaN;
}
