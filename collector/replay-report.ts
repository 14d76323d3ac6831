import type { SessionJson } from './exporters/session-json.ts';
import type { ReplayCounts } from './replay.ts';

/** Sessions shown one by one; the rest is in sessions.jsonl. */
const SHOWN = 20;

/** What a person wants to know after a replay: how much was read, which sessions were hurt, and why. */
export function replayReport(sessions: readonly SessionJson[], counts: ReplayCounts, out: string): string[] {
  const lines = [`${counts.lines} lines read, ${counts.events} events, ${sessions.length} sessions`];
  for (const [what, count] of [...counts.refused].sort()) lines.push(`  refused ${count} (${what})`);
  for (const [name, count] of [...counts.suspect].sort())
    lines.push(`  ${count} of ${name} are from more than a day ahead of the others or 30 days behind`);
  const hurt = sessions
    .filter(({ incidents }) => incidents.length > 0)
    .sort((a, b) => b.incidents.length - a.incidents.length);
  if (hurt.length > 0) lines.push('', `${hurt.length} of ${sessions.length} sessions with incidents:`);
  for (const session of hurt.slice(0, SHOWN)) lines.push(...sessionLines(session));
  if (hurt.length > SHOWN) lines.push(`  … and ${hurt.length - SHOWN} more`);
  const verdicts = verdictCounts(sessions);
  if (verdicts.length > 0)
    lines.push('', `verdicts: ${verdicts.map(([verdict, count]) => `${verdict} ${count}`).join(', ')}`);
  lines.push('', `written to ${out}: traces.otlp.jsonl, metrics.prom, sessions.jsonl`);
  return lines;
}

function sessionLines(session: SessionJson): string[] {
  const { qoe } = session;
  const startup = qoe.startupMs === null ? 'startup unknown' : `startup ${seconds(qoe.startupMs)}`;
  const played = `playing ${seconds(qoe.playingMs ?? 0)}, stalled ${seconds(qoe.stalledMs ?? 0)}`;
  const joins = Object.entries(session.joins)
    .map(([method, count]) => `${method} ${count}`)
    .join(', ');
  return [
    '',
    `session ${printable(session.sessionId)} (${session.outcome}, seen by ${session.visibility}): ${startup}, ${played}`,
    `  ${session.requests} requests over ${session.cdns.join(', ') || 'no CDN'}; joined by ${joins || 'nothing'}`,
    ...session.incidents.map(
      ({ beginMs, verdict, confidence, sentence }) =>
        `  ${new Date(beginMs).toISOString().slice(11, 23)} ${printable(sentence)} [${verdict} ${confidence.toFixed(2)}]`,
    ),
  ];
}

function verdictCounts(sessions: readonly SessionJson[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { incidents } of sessions)
    for (const { verdict } of incidents) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Ids and names come from strangers: nothing of them may move the cursor of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, '?').slice(0, 300);
}
