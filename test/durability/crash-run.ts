import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../lab/random.ts';
import { CounterWatch } from './counter-watch.ts';
import { KillableCollector } from './killable-collector.ts';
import { KnownLoad } from './known-load.ts';
import { SpanLedger } from './span-ledger.ts';

export type CrashPlan = {
  readonly rounds: number;
  readonly seed: number;
  /** At most; none is begun after the last kill. */
  readonly sessions: number;
  readonly segments: number;
  readonly atOnce: number;
  readonly pauseMs: number;
  /** A life lasts between these. */
  readonly lifeMs: readonly [least: number, most: number];
  /** With the embedded analytics store. */
  readonly hasRows: boolean;
  readonly print: (line: string) => void;
};

/** What was promised, and what became of it. */
export type CrashFigures = {
  readonly kills: number;
  readonly acknowledgedLines: number;
  readonly acknowledgedEvents: number;
  readonly repeatedPosts: number;
  readonly linesInSpans: number;
  readonly linesInCounters: number;
  readonly sessions: number;
  readonly sessionsInSpans: number;
  readonly sessionsStarted: number;
  readonly sessionsEnded: number;
  readonly sessionsInRows: number;
  readonly linesInRows: number;
  readonly audienceStarts: number;
  /** All sessions are of one device. */
  readonly audienceDevices: number;
  readonly playingSeconds: number;
  readonly playingSecondsExpected: number;
  readonly repeatedSpans: number;
  readonly doubled: readonly string[];
  readonly counterResets: readonly string[];
  readonly scrapes: number;
  readonly slowestStartMs: number;
};

export const KNOWN_CONFIG = {
  correlate: { settle: '1s', reorder: '500ms', detail: 'full' },
  sources: [{ name: 'edge-a', format: 'nginx-json', tier: 'edge', cdn: 'cdn-a', lateness: '500ms' }],
  drain: '5s',
};

/** Kills a collector at random moments under load, and keeps books of all that comes out of it. */
export async function runCrashes(plan: CrashPlan): Promise<CrashFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-crash-'));
  const ledger = await SpanLedger.listen();
  const collector = await KillableCollector.at(folder, {
    ...KNOWN_CONFIG,
    store: { kind: plan.hasRows ? 'embedded' : 'off', batch: { age: '500ms' }, deliveries: { enabled: plan.hasRows } },
    export: { otlp: { endpoint: ledger.endpoint, batch: { age: '200ms' } } },
  });
  const watch = new CounterWatch(collector.metricsUrl);
  try {
    const random = new Random(plan.seed);
    let slowestStartMs = await collector.start();
    watch.start(250);
    const load = new KnownLoad(collector.ingestUrl, plan.seed);
    let isPlayed = false;
    const playing = load.play(plan.sessions, plan.segments, plan.atOnce, plan.pauseMs).then(() => {
      isPlayed = true;
    });
    let kills = 0;
    const [least, most] = plan.lifeMs;
    while (kills < plan.rounds && !isPlayed) {
      await delay(random.between(least, most));
      await collector.kill();
      kills++;
      slowestStartMs = Math.max(slowestStartMs, await collector.start());
      if (kills % 10 === 0) plan.print(`${kills} kills, ${load.acknowledged.posts} posts acknowledged`);
    }
    load.enough();
    await playing;
    await until(async () => (await watch.total('playpath_sessions_ended_total')) >= load.sids.length, 20_000);
    // A second sign of life of everything, should anything be counted once too often a little later.
    await delay(1_500);
    await watch.stop();
    const counted = (name: string, labels = {}) => watch.total(name, labels);
    const figures = {
      linesInCounters: await counted('playpath_requests_total'),
      sessionsStarted: await counted('playpath_sessions_started_total'),
      sessionsEnded: await counted('playpath_sessions_ended_total'),
      audienceStarts: await counted('playpath_audience_starts_total'),
      audienceDevices: await counted('playpath_audience_devices_total'),
      playingSeconds: await counted('playpath_playing_seconds_total'),
      ...(plan.hasRows
        ? await rowsOf(collector.apiUrl, load.sids.length, load.acknowledged.lines)
        : { sessionsInRows: Number.NaN, linesInRows: Number.NaN }),
    };
    await collector.stop();
    return {
      kills,
      acknowledgedLines: load.acknowledged.lines,
      acknowledgedEvents: load.acknowledged.events,
      repeatedPosts: load.repeatedPosts,
      linesInSpans: [...load.requestIds].filter((id) => ledger.edges.has(id)).length,
      sessions: load.sids.length,
      sessionsInSpans: load.sids.filter((sid) => ledger.sessions.has(sid)).length,
      playingSecondsExpected: KnownLoad.playingSeconds(load.sids.length, plan.segments),
      repeatedSpans: ledger.repeated,
      doubled: ledger.doubled,
      counterResets: [...watch.resets],
      scrapes: watch.scrapes,
      slowestStartMs: Math.round(slowestStartMs),
      ...figures,
    };
  } catch (error) {
    plan.print(collector.output.slice(-4_000));
    throw error;
  } finally {
    await watch.stop();
    await collector.kill();
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function until(isTrue: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await isTrue()) && performance.now() < deadlineMs) await delay(200);
}

/** What the analytics store tells of, when it has had time to store what was still on its way. */
async function rowsOf(
  apiUrl: string,
  sessionsExpected: number,
  linesExpected: number,
): Promise<Pick<CrashFigures, 'sessionsInRows' | 'linesInRows'>> {
  const read = async () => {
    const [sessions] = await rows(apiUrl, 'totals');
    const [lines] = await rows(apiUrl, 'deliveries_by');
    return { sessionsInRows: Number(sessions?.sessions), linesInRows: Number(lines?.requests) };
  };
  await until(async () => {
    const { sessionsInRows, linesInRows } = await read();
    return sessionsInRows >= sessionsExpected && linesInRows >= linesExpected;
  }, 20_000);
  // Should anything be stored once too often a little later.
  await delay(1_500);
  return read();
}

async function rows(apiUrl: string, query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await fetch(`${apiUrl}/api/v1/q/${query}?from=now-24h&format=rows`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`rows: ${answer.status} ${text}`);
  return JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
}
