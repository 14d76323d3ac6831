import type { AudienceWindow } from '../model/audience.ts';
import type { NamedQuery, QueryPlan } from '../store/named-query.ts';

/** What of the configuration decides how viewers are counted. */
export type CountingRules = {
  readonly window: AudienceWindow;
  /** How long a device keeps its key. */
  readonly deviceMs: number;
};

const WINDOWS: Readonly<Record<AudienceWindow, string>> = {
  rolling: 'a rolling window of 24 hours, from the first time',
  fixed: 'a day from midnight to midnight UTC',
};

/** What must be known to read the audience numbers of this answer rightly, in sentences. */
export function answerNotes({ countsAudience }: NamedQuery, plan: QueryPlan, rules: CountingRules): readonly string[] {
  if (!countsAudience) return [];
  const notes = [`The same playback counts once in ${WINDOWS[rules.window]}.`];
  const hours = Math.round(rules.deviceMs / 3_600_000);
  if (plan.spanMs > rules.deviceMs) {
    notes.push(
      `Devices are an upper bound: who comes back after ${hours} hours is another device, unless the site says who it is.`,
    );
  }
  return notes;
}
