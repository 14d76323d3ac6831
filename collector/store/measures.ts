/**
 * The numbers of the audience and of quality as expressions over rows `s` of `sessions`, each in one place. What cannot be
 * known is NULL in a row, and a sum of nothing but NULL is NULL: never 0.
 */

/** Who it was: the id the site sends, else the device. */
export const VIEWER = "if(s.viewer_id = '', s.device_id, s.viewer_id)";
/** 64 bits of who it was; two of a million share them once in millions of reports. */
export const VIEWER_HASH = `sipHash64(s.tenant, ${VIEWER})`;
/** Somebody who started or downloaded something, and of whom something is known. */
export const IS_AUDIENCE = `s.starts + s.downloads > 0 AND ${VIEWER} != ''`;

export const STARTS = 'sum(s.starts)';
export const STREAMS = 'sum(s.streams)';
export const DOWNLOADS = 'sum(s.downloads)';
export const CONSUMPTION = 'sum(s.consumption_seconds)';
/** Starts of which nobody can know whether they became streams, or how long they were. */
export const UNKNOWN_STARTS = 'sumIf(s.starts, s.streams IS NULL)';

export const ATTEMPTS = "countIf(s.outcome != 'in_progress')";
export const START_FAILURES = "countIf(s.outcome = 'start_failure')";
export const FAILURES = "countIf(s.outcome = 'start_failure' OR has(s.incident_kinds, 'playback_failure'))";
export const HURT = 'countIf(notEmpty(s.incident_kinds))';
export const REBUFFER_RATIO = ratio(
  'sum(s.stalled_seconds) + sum(s.seek_stalled_seconds)',
  'sum(s.playing_seconds) + sum(s.stalled_seconds) + sum(s.seek_stalled_seconds)',
);
export const BITRATE = ratio('1000 * sum(s.rendered_kbit)', 'sum(s.rendered_media_seconds)');
export const STARTUPS = 'quantilesTDigest(0.5, 0.9, 0.95, 0.99)(s.startup_seconds)';
/** Sessions of which only servers know: the share that players never report. */
export const BLIND_RATIO = ratio("countIf(s.visibility = 'server')", 'count()');

/** NULL instead of a division by nothing. */
export function ratio(part: string, whole: string): string {
  return `(${part}) / nullIf(${whole}, 0)`;
}
