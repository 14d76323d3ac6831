import type { IncidentKind } from '../../model/incident.ts';
import type { Decision, IncidentDraft } from './incident-draft.ts';
import { seconds } from './verdict-words.ts';

/** One sentence for a person: what happened, for how long, why, and how it ended. */
export function sentenceFor(draft: IncidentDraft, decision: Decision): string {
  const subject = SUBJECTS[draft.kind](draft);
  return `${subject}${decision.cause}${ending(draft)}.`;
}

const SUBJECTS: Record<IncidentKind, (draft: IncidentDraft) => string> = {
  stall: (draft) => `${draft.stallKind === 'seek' ? 'after a seek, stalled' : 'stalled'}${length(draft)}: `,
  startup_failure: () => 'never started: ',
  playback_failure: () => 'broke off: ',
  quality_collapse: (draft) => `quality collapsed for ${seconds(draft.endMs - draft.beginMs)}: `,
  // A failover speaks of the CDNs itself.
  failover: () => '',
  silent_failure: () => 'the player reported no error: ',
};

function length({ beginMs, endMs, stalledMs, precision }: IncidentDraft): string {
  if (precision === 'flag' && !(stalledMs && stalledMs > 0)) return '';
  return ` for ${seconds(stalledMs ?? endMs - beginMs)}`;
}

function ending({ failover, beginMs, endMs }: IncidentDraft): string {
  if (!failover) return '';
  const failed = failover.result === 'failed' ? ', which failed too' : '';
  return `; failed over to ${failover.to} in ${seconds(endMs - beginMs)}${failed}`;
}
