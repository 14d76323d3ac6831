import type { JoinedRequest } from '../../model/joined-request.ts';
import type { UnixMs } from '../../model/time.ts';
import type { BadSign } from '../join/request-signs.ts';
import type { Decision, IncidentDraft } from './incident-draft.ts';

/** Failures closer together than this are one incident to the viewer. */
const MERGE_MS = 10_000;
const LIMIT = 256;

export type SilentFailure = {
  readonly cdn: string;
  readonly kind: '5xx' | 'timeout' | 'slow';
  readonly beginMs: UnixMs;
  endMs: UnixMs;
  count: number;
  readonly evidence: string[];
  /** Once it is over; null until then. */
  decision: Decision | null;
};

/** Collects what went wrong on the wire of one playback; silent only if its player never reported an error. */
export class SilentFailures {
  #candidates: SilentFailure[] = [];

  step(request: JoinedRequest, kind: BadSign, cdn: string): void {
    if (kind === '4xx') return;
    const last = this.#candidates.findLast((failure) => failure.cdn === cdn && failure.kind === kind);
    if (last && last.decision === null && request.startMs - last.endMs <= MERGE_MS) {
      last.endMs = Math.max(last.endMs, request.endMs);
      last.count++;
      if (last.evidence.length < 16) last.evidence.push(request.spanId);
    } else if (this.#candidates.length < LIMIT) {
      this.#candidates.push({
        cdn,
        kind,
        beginMs: request.startMs,
        endMs: request.endMs,
        count: 1,
        evidence: [request.spanId],
        decision: null,
      });
    }
  }

  /** Judges those that are over by `nowMs`, while what was on the wire then is still known. */
  settle(nowMs: UnixMs, judge: (draft: IncidentDraft) => Decision): void {
    for (const failure of this.#candidates) {
      if (failure.decision === null && failure.endMs + MERGE_MS < nowMs) failure.decision = judge(silentDraft(failure));
    }
  }

  /** What stayed silent, once; call when the playback ends or is cut, and only if no player error was reported. */
  take(): readonly SilentFailure[] {
    const taken = this.#candidates;
    this.#candidates = [];
    return taken;
  }
}

export function silentDraft({ beginMs, endMs, cdn, kind }: SilentFailure): IncidentDraft {
  return { kind: 'silent_failure', beginMs, endMs, silent: { cdn, kind } };
}
