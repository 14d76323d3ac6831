import type { SessionJson } from '../exporters/session-json.ts';
import type { ReplayCounts } from './replay.ts';

/** Sessions shown one by one; the rest is in sessions.jsonl. */
const SHOWN = 20;

/** What a person wants to know after a replay: how much was read, which sessions were hurt, and why. */
export class ReplayReport {
  readonly #verdicts = new Map<string, number>();
  /** The sessions with the most incidents, the most first; of equals the one that closed first. */
  readonly #worst: SessionJson[] = [];
  #sessions = 0;
  #hurt = 0;

  add(session: SessionJson): void {
    this.#sessions++;
    const { incidents } = session;
    if (incidents.length === 0) return;
    this.#hurt++;
    for (const { verdict } of incidents) this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
    const worst = this.#worst;
    let at = worst.length;
    while (at > 0 && (worst[at - 1] as SessionJson).incidents.length < incidents.length) at--;
    if (at === SHOWN) return;
    worst.splice(at, 0, session);
    if (worst.length > SHOWN) worst.pop();
  }

  /** `destinations`: where everything went. */
  lines(counts: ReplayCounts, destinations: readonly string[]): string[] {
    const lines = [`${counts.lines} lines read, ${counts.events} events, ${this.#sessions} sessions`];
    for (const [what, count] of [...counts.refused].sort()) lines.push(`  refused ${count} (${what})`);
    for (const [name, count] of [...counts.suspect].sort())
      lines.push(`  ${count} of ${name} are from more than a day ahead of the others or 30 days behind`);
    if (this.#hurt > 0) lines.push('', `${this.#hurt} of ${this.#sessions} sessions with incidents:`);
    for (const session of this.#worst) lines.push(...sessionLines(session));
    if (this.#hurt > SHOWN) lines.push(`  … and ${this.#hurt - SHOWN} more`);
    const verdicts = [...this.#verdicts].sort((a, b) => b[1] - a[1]);
    if (verdicts.length > 0)
      lines.push('', `verdicts: ${verdicts.map(([verdict, count]) => `${verdict} ${count}`).join(', ')}`);
    return [...lines, '', ...destinations];
  }
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

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Ids and names come from strangers: nothing of them may move the cursor of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, '?').slice(0, 300);
}
