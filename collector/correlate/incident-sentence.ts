import type { Decision, IncidentDraft } from './incident-draft.ts';

/** One sentence for a person: what happened, for how long, and why. */
export function sentenceFor(draft: IncidentDraft, decision: Decision): string {
  const seconds = Math.max(0, draft.endMs - draft.beginMs) / 1000;
  return `${draft.kind.replaceAll('_', ' ')} of ${seconds.toFixed(1)} s: ${decision.cause}.`;
}
