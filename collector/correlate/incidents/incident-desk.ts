import type { Incident } from '../../model/incident.ts';
import type { CorrelatorOutput, SpanOutput } from '../../model/output.ts';
import type { SessionRef, ViewerDimensions } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { TimelineClock } from '../timeline/deferred-spans.ts';
import { EVIDENCE_GRACE_MS, Evidence, type Memories } from './evidence.ts';
import type { Decision, IncidentDraft } from './incident-draft.ts';
import { sentenceFor } from './incident-sentence.ts';
import { decideVerdict } from './verdicts.ts';

/** Incidents of one playback that are told one by one. */
const LIMIT = 1_000;

type Open = { readonly draft: IncidentDraft; readonly known: readonly string[]; readonly clock: TimelineClock };

/** Keeps the incidents of one playback until their evidence is in, then decides each one's verdict and tells it. */
export class IncidentDesk {
  readonly evidence: Evidence;
  readonly incidents: Incident[] = [];
  readonly #session: SessionRef;
  readonly #output: CorrelatorOutput;
  readonly #spans: SpanOutput;
  #open: Open[] = [];

  constructor(session: SessionRef, output: CorrelatorOutput, spans: SpanOutput, memories: Memories) {
    this.evidence = new Evidence(session, memories);
    this.#session = session;
    this.#output = output;
    this.#spans = spans;
  }

  get isWaiting(): boolean {
    return this.#open.length > 0;
  }

  /** `known`: span ids that prove it whatever the verdict will be; `clock`: the one its times are on. */
  draft(draft: IncidentDraft, known: readonly string[], clock: TimelineClock): void {
    if (this.incidents.length + this.#open.length < LIMIT) this.#open.push({ draft, known, clock });
  }

  /**
   * Decides, in order of their begin, the incidents whose requests are all in by `nowMs`. `offsetMs` is how far the
   * player's clock is ahead: known better now than when the player told.
   */
  settle(nowMs: UnixMs, offsetMs: number, dimensions: ViewerDimensions): void {
    const isDue = ({ draft, clock }: Open): boolean =>
      draft.endMs - (clock === 'player' ? offsetMs : 0) + EVIDENCE_GRACE_MS <= nowMs;
    if (!this.#open.some(isDue)) return;
    const settled = this.#open.map((open) => ({ open, draft: inServerTime(open, offsetMs) }));
    const due = settled.filter(({ open }) => isDue(open));
    this.#open = this.#open.filter((open) => !isDue(open));
    due.sort((a, b) => a.draft.beginMs - b.draft.beginMs || a.draft.endMs - b.draft.endMs);
    for (const { open, draft } of due) this.decide(draft, open.known, dimensions);
  }

  decide(draft: IncidentDraft, known: readonly string[], dimensions: ViewerDimensions): void {
    this.tell(draft, this.judge(draft, dimensions), known, dimensions);
  }

  /** The verdict on what may have to be told later, while its evidence is there. */
  judge(draft: IncidentDraft, { streamType }: ViewerDimensions): Decision {
    const evidence = this.evidence.around(draft, streamType);
    return decideVerdict(draft, { ...evidence, stalledUntilMs: this.#stalledUntilMs(draft) });
  }

  tell(draft: IncidentDraft, decision: Decision, known: readonly string[], dimensions: ViewerDimensions): void {
    const { isInAd: _, ...facts } = draft;
    const incident: Incident = {
      ...facts,
      verdict: decision.verdict,
      confidence: decision.confidence,
      ...(decision.where === undefined ? {} : { where: decision.where }),
      evidence: [...new Set([...known, ...decision.evidence])],
      sentence: sentenceFor(draft, decision),
    };
    this.incidents.push(incident);
    this.#output.incident(this.#session, dimensions, incident);
    this.#spans.incident(this.#session, incident);
  }

  /** The end of the last stall before this incident; one that only a flag told of has no end to speak of. */
  #stalledUntilMs({ beginMs }: IncidentDraft): UnixMs {
    let untilMs = Number.NaN;
    for (const { kind, precision, endMs } of this.incidents) {
      if (kind === 'stall' && precision !== 'flag' && endMs <= beginMs && !(untilMs >= endMs)) untilMs = endMs;
    }
    return untilMs;
  }
}

function inServerTime({ draft, clock }: Open, offsetMs: number): IncidentDraft {
  if (clock === 'server') return draft;
  return { ...draft, beginMs: draft.beginMs - offsetMs, endMs: draft.endMs - offsetMs, reportedMs: draft.beginMs };
}
