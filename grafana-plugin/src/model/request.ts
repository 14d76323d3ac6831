import { ATTR } from '../contract.gen';
import { type Outcome, outcomeOf } from './outcomes';
import { pushTo } from './push-to';
import { type SessionSpans } from './session-spans';
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
export function wholeRequests(spans: SessionSpans): Request[] {
  const families = new Map<Span, Span[]>();
  for (const span of spans.named(...TIER_OF_SPAN.keys())) {
    pushTo(families, outermost(span, spans), span);
  }
  const requests: Request[] = [];
  families.forEach((family) => requests.push(wholeRequest(family)));
  return requests.sort((a, b) => a.startMs - b.startMs);
}

/** The half nearest to the viewer of the request that a half belongs to. */
function outermost(span: Span, spans: SessionSpans): Span {
  let top = span;
  // A chain has four links; the bound holds against parents that go round in circles.
  for (let step = 0; step < TIERS.length; step++) {
    const parent = spans.withId(top.parentSpanId);
    if (parent === undefined || tierOf(parent) === undefined) {
      break;
    }
    top = parent;
  }
  return top;
}

function wholeRequest(family: readonly Span[]): Request {
  const halves = family.map(halfFrom);
  if (halves.length > 1) {
    halves.sort(byTier);
  }
  const [first] = halves;
  const edge = halves.find(isEdge);
  const objectType = firstText(halves, ATTR.objectType) || 'other';
  const mediaMs = firstNumber(halves, ATTR.objectDuration) * 1000;
  const edgeBytes = numberOf(edge?.span, ATTR.bodySize);
  return {
    id: first.span.spanId,
    halves,
    cdn: textOf(edge?.span, ATTR.cdnName) || firstText(halves, ATTR.cdnName) || firstText(halves, ATTR.serverAddress),
    pop: textOf(edge?.span, ATTR.cdnPop),
    objectType,
    path: firstText(halves, ATTR.urlPath) || firstText(halves, ATTR.urlFull),
    startMs: first.startMs,
    endMs: first.endMs,
    ttfbMs: first.ttfbMs,
    status: halves.find(isAnswered)?.status ?? NaN,
    // A failure anywhere that the viewer felt is on the first half; what the cache did only the edge knows.
    outcome: first.outcome === 'ok' && edge ? edge.outcome : first.outcome,
    sizeBytes: Number.isNaN(edgeBytes) ? firstNumber(halves, ATTR.bodySize) : edgeBytes,
    mediaMs,
    bitrate: firstNumber(halves, ATTR.renditionBitrate),
    isSlow: MEDIA_TYPES.has(objectType) && mediaMs > 0 && first.endMs - first.startMs > mediaMs,
  };
}

function byTier(a: Half, b: Half): number {
  return RANK[a.tier] - RANK[b.tier];
}

function isEdge({ tier }: Half): boolean {
  return tier === 'edge';
}

function isAnswered({ status }: Half): boolean {
  return !Number.isNaN(status);
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

function firstText(halves: readonly Half[], name: string): string {
  for (const { span } of halves) {
    const text = textOf(span, name);
    if (text !== '') {
      return text;
    }
  }
  return '';
}

function firstNumber(halves: readonly Half[], name: string): number {
  for (const { span } of halves) {
    const number = numberOf(span, name);
    if (!Number.isNaN(number)) {
      return number;
    }
  }
  return NaN;
}
