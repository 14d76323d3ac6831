import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import type { MetricFamily } from '../../collector/model/metric.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { Random } from '../lab/random.ts';
import { EDGE, live, PLAYER } from './rebuilt-life.ts';

const root = mkdtempSync(join(tmpdir(), 'playpath-rebuild-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

const BEGIN_MS = 1_795_294_681_000;
const SESSIONS = 16;
const SEGMENTS = 7;
const SEGMENT_MS = 4_000;

/** What a log is told, in order; null is time passing. */
type Step = { readonly nowMs: number; readonly event: Event | null };

function story(random: Random): readonly Step[] {
  const steps: Step[] = [];
  for (let session = 0; session < SESSIONS; session++) steps.push(...sessionStory(session, random));
  for (let nowMs = BEGIN_MS; nowMs < BEGIN_MS + 120_000; nowMs += random.between(200, 700))
    steps.push({ nowMs, event: null });
  return steps.sort((a, b) => a.nowMs - b.nowMs);
}

function* sessionStory(session: number, random: Random): Generator<Step> {
  const sid = `session-${session}`;
  let nowMs = BEGIN_MS + random.between(0, 60_000);
  const firstMs = nowMs - SEGMENTS * SEGMENT_MS;
  let seq = 0;
  const said = (fields: Partial<PlayerEvent>, tsMs: number): Step => ({
    nowMs,
    event: {
      kind: 'player',
      name: 'state',
      source: PLAYER,
      sid,
      contentId: 'movie',
      tsMs,
      receivedMs: nowMs,
      seq: ++seq,
      ...fields,
    },
  });
  yield said({ state: 'starting' }, firstMs - 500);
  yield said({ state: 'playing' }, firstMs);
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const atMs = firstMs + segment * SEGMENT_MS;
    yield { nowMs, event: segmentReport(session, segment, sid, atMs, nowMs) };
    nowMs += random.between(20, 1_500);
    yield said({ name: 'heartbeat' }, atMs);
    nowMs += random.between(20, 1_500);
  }
  yield said({ state: 'ended' }, firstMs + SEGMENTS * SEGMENT_MS);
}

function segmentReport(session: number, segment: number, sid: string, startMs: number, nowMs: number): RequestReport {
  const report = new RequestReport();
  report.source = EDGE;
  report.receivedMs = nowMs;
  report.startMs = startMs;
  report.durationMs = 50;
  report.host = 'cdn.example';
  report.path = `/movie/${segment}.m4s`;
  report.status = 200;
  report.bodyBytes = 1_000;
  report.uidHigh = session + 1;
  report.uidLow = segment + 1;
  report.cmcd.sid = sid;
  report.cmcd.cid = 'movie';
  return report;
}

/** All counters, and the ids of all spans, after the story was told; `crashes` in the middle of it, or undisturbed. */
async function tell(steps: readonly Step[], crashes: Random | null) {
  let folder = newFolder();
  const spans = new Set<string>();
  let life = await live(folder, spans);
  for (const { nowMs, event } of steps) {
    if (event === null) life.journal.tick(nowMs);
    else life.journal.bus.publish(event, nowMs);
    await life.journal.bus.flush();
    if (crashes?.chance(0.03)) {
      life.journal.checkpointSoon();
      life.journal.tick(nowMs);
    }
    if (crashes?.chance(0.03)) life.journal.shown();
    if (crashes?.chance(0.03)) {
      // What a kill would leave behind now.
      const image = newFolder();
      cpSync(folder, image, { recursive: true });
      folder = image;
      life = await live(folder, spans);
    }
  }
  return { counters: countersOf(life.metrics.families()), spans: [...spans].sort() };
}

/** Series and value of every counter and histogram. */
function countersOf(families: readonly MetricFamily[]): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const family of families) {
    if (family.type === 'gauge') continue;
    family.visit((suffix, labels, value) => {
      // Sums of fractions may differ in the last digit.
      counters[`${family.name}${suffix} ${JSON.stringify(labels)}`] = Math.round(value * 1e6) / 1e6;
    });
  }
  return counters;
}

function sumOf(counters: Readonly<Record<string, number>>, name: string): number {
  const values = Object.entries(counters).filter(([series]) => series.startsWith(`${name} `));
  return values.reduce((sum, [, value]) => sum + value, 0);
}

for (const seed of [1, 2]) {
  test(`lives that end anywhere make of a log what one undisturbed life does, seed ${seed}`, async () => {
    const random = new Random(seed);
    const steps = story(random);
    const undisturbed = await tell(steps, null);
    expect(undisturbed.spans.length).toBeGreaterThan(SESSIONS * SEGMENTS);
    expect(sumOf(undisturbed.counters, 'playpath_sessions_ended_total')).toBe(SESSIONS);
    const playedSeconds = (SESSIONS * SEGMENTS * SEGMENT_MS) / 1_000;
    expect(sumOf(undisturbed.counters, 'playpath_playing_seconds_total')).toBe(playedSeconds);
    expect(await tell(steps, random)).toEqual(undisturbed);
  }, 60_000);
}
