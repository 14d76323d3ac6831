import { beforeAll, describe, expect, test } from 'vitest';
import type { ClientDirectory, FormatSettings } from '../../collector/formats/format.ts';
import { formatNamed } from '../../collector/formats/index.ts';
import { cloneReport } from '../../collector/model/clone-report.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import type { Source, Tier } from '../../collector/model/source.ts';
import type { RequestCount } from '../lab/fleet-truth.ts';
import type { Scenario } from '../lab/scenario.ts';
import { statusClassOf } from '../lab/session-truth.ts';
import { type LabSource, labSources } from '../lab/sources.ts';
import { type Collected, collect, linesOf, scenarioNamed } from './collected.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const nobody: ClientDirectory = { lookup: () => null, lookupBytes: () => null };
const settings: FormatSettings = { timeZone: 'UTC', fields: [], sessionPattern: '', clients: nobody };

/** The mixed fleet without loss, once on the CDNs' own formats and once on nginx. */
const mixed: Scenario = {
  ...scenarioNamed('mixed'),
  telemetry: { ...scenarioNamed('mixed').telemetry, lossShare: 0 },
};
const onNginx: Scenario = {
  ...mixed,
  cdns: mixed.cdns.map((cdn, i) => ({ ...cdn, format: i === 0 ? 'nginx-json' : 'nginx-combined-plus' })),
};

type Decoded = { readonly tier: Tier; readonly report: RequestReport };

/** Decodes every record of a source with the collector's own decoder. */
function decode(
  run: Collected,
  from: LabSource,
): { readonly reports: readonly Decoded[]; readonly refused: readonly string[] } {
  const source: Source = {
    index: 0,
    name: from.name,
    format: from.format,
    tier: from.tier,
    emitter: from.emitter,
    tenant: from.tenant,
    latenessMs: from.latenessMs,
    sampleRate: from.sampleRate,
    timeZone: 'UTC',
  };
  const decoder = formatNamed(from.format).create(settings);
  const reports: Decoded[] = [];
  const refused: string[] = [];
  const all = run.deliveries.filter((delivery) => delivery.source === from.name);
  for (const { body, deliveredMs } of all) {
    const bytes = Buffer.from(body);
    const outcome = decoder.decode(bytes, 0, bytes.length, { source, receivedMs: deliveredMs }, (event) => {
      if (event.kind === 'request') reports.push({ tier: event.source.tier, report: cloneReport(event) });
    });
    if (outcome !== '' && !body.startsWith('#')) refused.push(`${outcome}: ${body}`);
  }
  return { reports, refused };
}

/** Requests by status class, from lines; who left before an answer counts as `none`, whatever the log calls it. */
function classes(reports: readonly Decoded[], tier: Tier): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { tier: found, report } of reports) {
    if (found !== tier) continue;
    const key = report.status === 499 ? 'none' : statusClassOf(report.status);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function truthClasses(counts: readonly RequestCount[], tier: Tier, cdn: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const one of counts) {
    if (one.tier !== tier || (cdn !== '' && one.cdn !== cdn)) continue;
    found[one.statusClass] = (found[one.statusClass] ?? 0) + one.requests;
  }
  return found;
}

for (const [title, scenario] of [
  ['CDN formats', mixed],
  ['nginx formats', onNginx],
] as const) {
  describe(title, () => {
    let run: Collected;
    beforeAll(() => {
      run = collect(scenario, 21, 2.5);
    });
    const decoded = new Map<string, ReturnType<typeof decode>>();
    const read = (log: LabSource) => {
      const known = decoded.get(log.name) ?? decode(run, log);
      decoded.set(log.name, known);
      return known;
    };
    const logs = labSources(scenario).filter(({ tier }) => tier !== 'player');

    test.each(logs)('$name: the collector reads every line as $format', (log) => {
      const { reports, refused } = read(log);
      expect(refused.slice(0, 3)).toEqual([]);
      expect(reports.length).toBe(linesOf(run, log.name).length);
      expect(reports.length).toBeGreaterThan(log.tier === 'shield' ? 500 : 2000);
    });

    test.each(logs)('$name: what it reads is what happened', (log) => {
      const { reports } = read(log);
      const cdn = log.tier === 'origin' ? '' : log.emitter;
      // Fastly writes its shield into the same log.
      const tiers = log.format === 'fastly-json' ? (['edge', 'shield'] as const) : [log.tier];
      for (const tier of tiers) {
        expect(classes(reports, tier)).toEqual(truthClasses(run.fleet.requests, tier, cdn));
      }
      const withCmcd = reports.filter(({ report }) => report.cmcd.sid !== '');
      expect(withCmcd.filter(({ report }) => !UUID.test(report.cmcd.sid))).toEqual([]);
      const sids = new Set(run.sessions.map(({ sid }) => sid));
      expect(withCmcd.filter(({ report }) => !sids.has(report.cmcd.sid))).toEqual([]);
      // A CDN that strips the query takes the session from the origin.
      expect(withCmcd.length / reports.length).toBeGreaterThan(log.tier === 'origin' ? 0.2 : 0.7);
      const { beginMs, endMs } = { beginMs: run.fleet.startMs - 1500, endMs: run.fleet.endMs + 60_000 };
      expect(reports.filter(({ report }) => !(report.startMs >= beginMs && report.startMs <= endMs))).toEqual([]);
      expect(reports.filter(({ report }) => !/^\/(vod|live)\/[\w-]+\/(hls|dash)\//.test(report.path))).toEqual([]);
    });

    test.each(logs)('$name: no token gets past the decoder', (log) => {
      const raw = linesOf(run, log.name).filter((line) => line.includes('hdnts'));
      if (log.tier === 'edge') expect(raw.length).toBeGreaterThan(100);
      const { reports } = read(log);
      expect(reports.filter(({ report }) => `${report.path}?${report.query}`.includes('hdnts')).slice(0, 2)).toEqual(
        [],
      );
    });

    test('every request of the origin names the edge request it answers', () => {
      const edges = logs.filter(({ tier }) => tier === 'edge').flatMap((log) => read(log).reports);
      const origin = logs.filter(({ tier }) => tier === 'origin').flatMap((log) => read(log).reports);
      const ids = new Set(edges.map(({ report }) => report.requestId));
      const known = origin.filter(({ report }) => ids.has(report.parentRequestId || report.requestId)).length;
      expect(known / origin.length).toBe(1);
    });
  });
}

test('the collector reads every CMCD event', () => {
  const run = collect(mixed, 21, 1.5);
  const source: Source = {
    index: 0,
    name: 'player',
    format: 'cmcd-event',
    tier: 'player',
    emitter: 'player',
    tenant: 'default',
    latenessMs: 1000,
    sampleRate: 1,
    timeZone: 'UTC',
  };
  const decoder = formatNamed('cmcd-event').create(settings);
  const players: PlayerEvent[] = [];
  let reports = 0;
  const refused: string[] = [];
  const posts = run.deliveries.filter(({ path }) => path === '/v1/cmcd');
  for (const { body, deliveredMs } of posts) {
    for (const line of body.split('\n').filter(Boolean)) {
      const bytes = Buffer.from(line);
      const outcome = decoder.decode(bytes, 0, bytes.length, { source, receivedMs: deliveredMs }, (event) => {
        if (event.kind === 'player') players.push(event);
        else reports++;
      });
      if (outcome !== '') refused.push(`${outcome}: ${line}`);
    }
  }
  expect(refused.slice(0, 3)).toEqual([]);
  expect(reports).toBeGreaterThan(500);
  const states = new Set(players.map(({ state }) => state));
  for (const state of ['starting', 'playing', 'rebuffering', 'paused'] as const) expect(states).toContain(state);
});

test('a line looks like its vendor wrote it, by an eye of its own', () => {
  const run = collect(mixed, 3, 0.5);
  const cloudfront = linesOf(run, 'cloudfront');
  const columns = (run.deliveries.find(({ body }) => body.startsWith('#Fields'))?.body ?? '').split(' ').slice(1);
  expect(columns).toHaveLength(33);
  for (const line of cloudfront) {
    const cells = line.split('\t');
    expect(cells).toHaveLength(33);
    expect(cells.every((cell) => cell !== '' && !/[ "'<>{}]/.test(cell))).toBe(true);
    const query = cells[columns.indexOf('cs-uri-query')] ?? '';
    // `%` of the viewer's encoding is encoded once more.
    expect(/%(?!25|7E)/.test(query)).toBe(false);
  }
  const fastly = linesOf(run, 'fastly').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(fastly.filter((line) => line.fastly_is_edge === false).length).toBeGreaterThan(50);
  expect(fastly.every((line) => /^\/(vod|live)\//.test(String(line.url)))).toBe(true);
  const beacons = run.deliveries.filter(({ path }) => path === '/v1/beacon').map(({ body }) => JSON.parse(body));
  expect(beacons.every(({ session, events }) => UUID.test(session) && events.length > 0)).toBe(true);
});
