import { ATTR } from '../contract.gen';
import { type PlayerState, type StateInterval } from './session-model';
import { type SessionSpans } from './session-spans';
import { type Span, textOf } from './span';

const STATE_OF_SPAN = new Map<string, PlayerState>([
  ['startup', 'startup'],
  ['stall', 'stalled'],
  ['seek', 'seeking'],
  ['pause', 'paused'],
  ['ad', 'ad'],
]);

/** Which state is shown where two overlap: a stall within a seek is a stall. */
const PRECEDENCE: readonly PlayerState[] = ['failed', 'stalled', 'startup', 'seeking', 'ad', 'paused', 'ended'];

type Bounds = { readonly startMs: number; readonly endMs: number; readonly root?: Span; readonly isInferred: boolean };

/**
 * The states of the player, without gaps or overlaps. Spans tell what interrupts playing; what lies between them from
 * the first frame to the end is playing.
 */
export function playerStates(spans: SessionSpans, { startMs, endMs, root, isInferred }: Bounds): StateInterval[] {
  const told: StateInterval[] = [];
  for (const [name, state] of STATE_OF_SPAN) {
    for (const span of spans.named(name)) {
      if (span.endMs > span.startMs) {
        told.push({ state, startMs: span.startMs, endMs: span.endMs, isInferred: isInferred || !isExact(span), span });
      }
    }
  }
  const failure = failureSpan(spans, root);
  if (failure) {
    told.push({ state: 'failed', startMs: failure.startMs, endMs, isInferred, span: failure });
  }
  const end = endInterval(spans, { endMs, isInferred, ...(root && { root }) });
  if (end && !failure) {
    told.push(end);
  }
  if (told.length === 0 && root === undefined) {
    return [];
  }
  const firstFrameMs = told.find(({ state }) => state === 'startup')?.endMs ?? startMs;
  const neverPlayed = textOf(root, ATTR.outcome) === 'exit_before_start';
  const filler = { endMs, playFromMs: neverPlayed ? endMs : firstFrameMs, isInferred };
  const states = flatten(told, filler);
  // A trace ends where its session does, so that its end has no length.
  return end && !failure && end.startMs === end.endMs ? [...states, end] : states;
}

/** Only a session that was seen to its end has ended; one whose signal was lost has not. */
function endInterval(
  spans: SessionSpans,
  { root, endMs, isInferred }: Omit<Bounds, 'startMs'>
): StateInterval | undefined {
  const [told] = spans.named('ended');
  if (told) {
    return { state: 'ended', startMs: told.startMs, endMs: Math.max(endMs, told.endMs), isInferred, span: told };
  }
  return root && ENDINGS.has(textOf(root, ATTR.outcome))
    ? { state: 'ended', startMs: endMs, endMs, isInferred, span: root }
    : undefined;
}

const ENDINGS: ReadonlySet<string> = new Set(['played', 'exit_before_start']);

function isExact(span: Span): boolean {
  const precision = textOf(span, ATTR.stallPrecision);
  return precision === '' || precision === 'exact';
}

function failureSpan(spans: SessionSpans, root: Span | undefined): Span | undefined {
  const failure = spans
    .named('incident')
    .find((span) => /^(startup|playback)_failure$/.test(textOf(span, ATTR.incidentKind)));
  return failure ?? (textOf(root, ATTR.outcome) === 'start_failure' ? root : undefined);
}

type Filler = { readonly endMs: number; readonly playFromMs: number; readonly isInferred: boolean };

/** Cuts overlapping intervals by precedence and fills what is left with playing. */
function flatten(told: readonly StateInterval[], { endMs, playFromMs, isInferred }: Filler): StateInterval[] {
  const edges = new Set<number>([playFromMs, endMs]);
  for (const interval of told) {
    edges.add(interval.startMs).add(Math.min(interval.endMs, Math.max(endMs, interval.startMs)));
  }
  const times = [...edges].sort((a, b) => a - b);
  const ordered = [...told].sort((a, b) => rank(a) - rank(b));
  const states: StateInterval[] = [];
  for (let i = 0; i + 1 < times.length; i++) {
    const [from, to] = [times[i], times[i + 1]];
    const top = ordered.find((interval) => interval.startMs <= from && interval.endMs >= to);
    if (top === undefined && from < playFromMs) {
      continue;
    }
    append(
      states,
      top ? { ...top, startMs: from, endMs: to } : { state: 'playing', startMs: from, endMs: to, isInferred }
    );
  }
  return states;
}

function rank({ state }: StateInterval): number {
  return PRECEDENCE.indexOf(state as PlayerState);
}

function append(states: StateInterval[], next: StateInterval): void {
  const last = states[states.length - 1];
  if (last && last.endMs === next.startMs && last.state === next.state && last.span === next.span) {
    states[states.length - 1] = { ...last, endMs: next.endMs };
  } else {
    states.push(next);
  }
}
