import { VERDICTS } from '../../collector/model/incident.ts';
import type { Tally } from './tally.ts';

/** A table of true causes against verdicts, columns without a count left out. */
export function confusionTable(tally: Tally, prefix = 'verdict'): Record<string, Record<string, number>> {
  const rows = VERDICTS.map((cause) => [cause, tally.under(`${prefix}/${cause}`)] as const).filter(
    ([, row]) => row.size > 0,
  );
  const columns = VERDICTS.filter((verdict) => rows.some(([, row]) => row.has(verdict)));
  return Object.fromEntries(
    rows.map(([cause, row]) => [cause, Object.fromEntries(columns.map((verdict) => [verdict, row.get(verdict) ?? 0]))]),
  );
}
