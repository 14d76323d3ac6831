import type { Decision, IncidentDraft, IncidentEvidence } from './incident-draft.ts';

/** The cause of one incident: the first rule of the table that explains it (semantics.md section 5). */
export function decideVerdict(_draft: IncidentDraft, _evidence: IncidentEvidence): Decision {
  return { verdict: 'unknown', confidence: 0, evidence: [], cause: 'nothing on record explains it' };
}
