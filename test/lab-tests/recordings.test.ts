import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromCmcdQuery } from '@svta/cml-cmcd';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LabDelivery } from '../lab/delivery.ts';
import { PLAYER_KINDS, type PlayerKind, type Scenario } from '../lab/scenario.ts';
import { type Collected, collect, linesOf, scenarioNamed } from './collected.ts';

/** What the bed recorded of real players is the measure: the same keys, events, lengths and log fields. */
const RECORDINGS = join(import.meta.dirname, '..', 'fixtures', 'recordings');

type JsonLine = Readonly<Record<string, string | number>>;

function recorded(run: string, file: string): readonly string[] {
  return readFileSync(join(RECORDINGS, run, file), 'utf8')
    .split('\n')
    .filter(Boolean);
}

function recordedEdges(...runs: readonly string[]): readonly JsonLine[] {
  const files = runs.flatMap((run) => [...recorded(run, 'edge-a.json'), ...recorded(run, 'edge-b.json')]);
  return files.map((line) => JSON.parse(line) as JsonLine);
}

function recordedEvents(...runs: readonly string[]): readonly string[] {
  return runs
    .flatMap((run) => recorded(run, 'sink.ndjson'))
    .map((line) => JSON.parse(line) as { kind: string; body: string })
    .filter(({ kind }) => kind === 'cmcd')
    .flatMap(({ body }) => body.split('\n').filter(Boolean));
}

/** Keys of a CMCD payload, by a scan of its own: strings and inner lists hold commas, too. */
function keysOf(payload: string): readonly string[] {
  const bare = payload.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/\([^)]*\)/g, '');
  return bare.split(',').map((pair) => pair.split('=')[0] ?? '');
}

function cmcdOf(args: string): string {
  const value = args.split('&').find((part) => part.startsWith('CMCD='));
  return value === undefined ? '' : decodeURIComponent(value.slice(5).replaceAll('+', ' '));
}

/** One kind of player alone, on nginx edges like the bed's. */
function fleetOf(kind: PlayerKind): Collected {
  const known = fleets.get(kind);
  if (known !== undefined) return known;
  const base = scenarioNamed('edge-5xx');
  const weights = Object.fromEntries(PLAYER_KINDS.map((name) => [name, name === kind ? 1 : 0]));
  const scenario: Scenario = {
    ...base,
    players: weights as Record<PlayerKind, number>,
    arrivals: { ...base.arrivals, atStart: 20, perMinute: 8 },
    cdns: base.cdns.map((cdn) => ({ ...cdn, format: 'nginx-json' })),
    telemetry: { ...base.telemetry, blockedShare: 0, lossShare: 0 },
  };
  const run = collect(scenario, 9, 2);
  fleets.set(kind, run);
  return run;
}

const fleets = new Map<PlayerKind, Collected>();

function jsonLines(run: Collected): readonly JsonLine[] {
  return ['cloudfront', 'fastly'].flatMap((name) => linesOf(run, name)).map((line) => JSON.parse(line) as JsonLine);
}

function eventsOf({ deliveries }: Collected): readonly string[] {
  const posts = deliveries.filter((one: LabDelivery) => one.path === '/v1/cmcd');
  return posts.flatMap(({ body }) => body.split('\n').filter(Boolean));
}

/** What one set has and the other has not, but for keys that the bed's short films cannot show. */
function missing(from: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] {
  return [...from].filter((key) => !other.has(key) && !NOT_IN_BED.has(key));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

const real = {
  'hls.js': ['hls-baseline', 'hls-failover2', 'hls-rebuffer', 'rid-hls'],
  'dash.js': ['rid-dash', 'dash-rebuffer'],
  shaka: ['shaka-failover'],
  'cmcd-v1': ['hls-v1-redundant'],
} as const;

/** Keys that a recording of 60 s on demand cannot have: live latency, and the first report of a fatal error. */
const NOT_IN_BED = new Set(['ltc', 'ec', 'bs', 'bsd']);

for (const kind of ['hls.js', 'dash.js', 'shaka', 'cmcd-v1'] as const) {
  describe(kind, () => {
    let run: Collected;
    let lines: readonly JsonLine[];
    beforeAll(() => {
      run = fleetOf(kind);
      lines = jsonLines(run);
    });

    test('log lines have the fields of the bed, in its order', () => {
      const [first] = recordedEdges(...real[kind]);
      expect(lines.length).toBeGreaterThan(500);
      expect(new Set(lines.map((line) => Object.keys(line).join()))).toEqual(
        new Set([Object.keys(first ?? {}).join()]),
      );
    });

    test('requests carry the CMCD keys of the real player', () => {
      const keys = (all: readonly JsonLine[]) => {
        const payloads = all.map((line) => cmcdOf(String(line.args))).filter((payload) => payload.includes('sid='));
        return new Set(payloads.flatMap(keysOf));
      };
      const known = keys(recordedEdges(...real[kind]));
      const ours = keys(lines);
      expect(missing(ours, known)).toEqual([]);
      expect(missing(known, ours).filter((key) => key !== 'msd')).toEqual([]);
    });

    test('queries of segments are about as long', () => {
      const length = (all: readonly JsonLine[]) => {
        const segments = all.filter((line) => /\.m4s$/.test(String(line.uri)) && /nor/.test(String(line.args)));
        return median(segments.map((line) => String(line.args).replace(/&?(rid|hdnts)=[^&]*&?/, '').length));
      };
      const ratio = length(lines) / length(recordedEdges(...real[kind]));
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.15);
    });

    test('the library of the standard reads every query', () => {
      const unread = lines.filter((line) => {
        const { sid } = fromCmcdQuery(String(line.args).replace(/^hdnts=[^&]*&/, ''));
        return sid === undefined;
      });
      expect(unread.length).toBe(0);
    });

    test('events are the events of the real player, with its keys', () => {
      const posted = eventsOf(run);
      if (kind === 'cmcd-v1') {
        expect(posted).toEqual([]);
        return;
      }
      const name = (event: string) => /(?:^|,)e=(\w+)/.exec(event)?.[1] ?? '';
      const realEvents = recordedEvents(...real[kind]);
      const allowed = new Set([...realEvents.map(name), 'e']);
      expect([...new Set(posted.map(name))].filter((event) => !allowed.has(event))).toEqual([]);
      for (const event of ['ps', 'rr', 't']) {
        const keys = (all: readonly string[]) => new Set(all.filter((one) => name(one) === event).flatMap(keysOf));
        const added = missing(keys(posted), keys(realEvents));
        expect({ event, added }).toEqual({ event, added: [] });
      }
    });

    test('keys stand in the order of the alphabet, as every player writes them', () => {
      const unsorted = [...eventsOf(run), ...lines.map((line) => cmcdOf(String(line.args)))].filter((payload) => {
        const keys = keysOf(payload);
        return keys.join() !== keys.toSorted().join();
      });
      expect(unsorted).toEqual([]);
    });
  });
}

test('dash.js reports failures and wrong first bytes, hls.js neither', () => {
  const dash = eventsOf(fleetOf('dash.js'));
  const hls = eventsOf(fleetOf('hls.js'));
  expect(dash.filter((event) => event.includes('rc=503')).length).toBeGreaterThan(0);
  expect(dash.filter((event) => /ttfb=1\d{12}/.test(event)).length).toBeGreaterThan(20);
  expect(hls.filter((event) => event.includes('rc=') && !event.includes('rc=200'))).toEqual([]);
  expect(hls.filter((event) => /ttfb=\d{5,}/.test(event))).toEqual([]);
});

test('Shaka never tells its state', () => {
  const run = fleetOf('shaka');
  const events = eventsOf(run);
  expect(events.length).toBeGreaterThan(200);
  expect(events.filter((event) => /sta=|(?:^|,)e=ps/.test(event))).toEqual([]);
  const listed = jsonLines(run).filter((line) => /(?:^|,)(?:br|bl|tb)=\(/.test(cmcdOf(String(line.args))));
  expect(listed).toEqual([]);
});

test('the hook posts what the real hook posted, field by field', () => {
  type Envelope = { readonly events: readonly Readonly<Record<string, unknown>>[] };
  const envelopes = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body) as Envelope);
  const real = envelopes(
    recorded('hls-hook', 'sink.ndjson').map((line) => (JSON.parse(line) as { body: string }).body),
  );
  const ours = envelopes(
    fleetOf('playpath')
      .deliveries.filter(({ path }) => path === '/v1/beacon')
      .map(({ body }) => body),
  );
  const fields = (all: readonly Envelope[], event: string) =>
    new Set(
      all.flatMap(({ events }) => events.filter((one) => one.event === event).flatMap((one) => Object.keys(one))),
    );
  for (const event of ['session_start', 'play', 'playback_start', 'rendition_switch', 'request', 'cdn', 'heartbeat']) {
    // Live streams, steps back and aborted requests were not in that film; a heartbeat tells its state since then.
    const later = ['liveLatencyMs', 'error', 'state', 'cdn', 'bitrateKbps', 'height'];
    const added = missing(fields(ours, event), fields(real, event)).filter((field) => !later.includes(field));
    expect({ event, added, left: missing(fields(real, event), fields(ours, event)) }).toEqual({
      event,
      added: [],
      left: [],
    });
  }
  const outer = new Set(real.flatMap((envelope) => Object.keys(envelope)));
  expect(
    missing(new Set(ours.flatMap((envelope) => Object.keys(envelope))), outer).filter((key) => key !== 'viewer'),
  ).toEqual([]);
});

test('a line of the combined format looks like the bed wrote it', () => {
  const base = scenarioNamed('healthy');
  const run = collect({ ...base, cdns: base.cdns.map((cdn) => ({ ...cdn, format: 'nginx-combined-plus' })) }, 2, 0.4);
  const pattern =
    /^\S+ - - \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000\] "GET \/\S+ HTTP\/\d\.\d" \d{3} \d+ "[^"]*" "[^"]*" rt=\d+\.\d{3} uct="[\d.-]+" uht="[\d.-]+" urt="[\d.-]+" cs=(?:HIT|MISS|REVALIDATED|-) rid=[0-9a-f]{32}$/;
  const real = recorded('hls-baseline', 'edge-a.log');
  expect(real.filter((line) => !pattern.test(line))).toEqual([]);
  const ours = [...linesOf(run, 'cloudfront'), ...linesOf(run, 'fastly')];
  expect(ours.length).toBeGreaterThan(200);
  expect(ours.filter((line) => !pattern.test(line))).toEqual([]);
});
