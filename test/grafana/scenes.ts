import { readFileSync } from 'node:fs';
import { tempoTraceFrame } from '../../page/frames/tempo-trace.ts';
import { columnOf, type WireFrame, wireFrame } from '../../page/frames/wire-frame.ts';
import { inChapters, multiplied, stillPlaying, withoutLateSpansOf } from './frames/altered-trace.ts';
import { prometheusFrames } from './frames/prometheus-range.ts';
import { recordedTrace } from './frames/recorded-trace.ts';
import { traceqlSpansFrame } from './frames/traceql-search.ts';
import type { ShowSettings } from './harness/harness-api.ts';

/** How many spans a trace has that shall be drawn at once. */
export const LARGE = 10_000;

/** A panel with its data, and what must be readable of it. */
export type Scene = {
  readonly settings: ShowSettings;
  /** Words the panel shows. */
  readonly says: RegExp;
  /** Numbered incident markers; NaN where there is no room for all, or not enough known of them. */
  readonly incidents: number;
  /** Sessions that are drawn. */
  readonly sessions: number;
};

/** A frame that the tests of the panel itself read as well. */
export function committedFrame(name: string): WireFrame {
  return JSON.parse(readFileSync(new URL(`../fixtures/frames/${name}.json`, import.meta.url), 'utf8')) as WireFrame;
}

/** Every kind of data a panel meets, by the name of its picture. */
export async function scenes(): Promise<ReadonlyMap<string, Scene>> {
  const recorded = await recordedTrace('hls-failover2');
  const failover = committedFrame('hls-failover2.tempo');
  const drawn = (settings: ShowSettings, says: RegExp, incidents = incidentsIn(settings.frames)): Scene => ({
    settings: { height: 640, ...settings },
    says,
    incidents,
    sessions: settings.frames.filter(hasSession).length,
  });
  const words = (frames: readonly WireFrame[], says: RegExp): Scene => ({
    settings: { frames, height: 320 },
    says,
    incidents: 0,
    sessions: 0,
  });
  return new Map([
    ['dark', drawn({ frames: [failover] }, /failover/)],
    ['light', drawn({ frames: [failover], mode: 'light' }, /failover/)],
    ['jaeger', drawn({ frames: [committedFrame('hls-failover2.jaeger')] }, /failover/)],
    ['stalls', drawn({ frames: [committedFrame('hls-rebuffer.tempo')] }, /4 stalls/)],
    ['many-incidents', drawn({ frames: [committedFrame('lab-incidents.tempo')] }, /stalls/)],
    ['live', drawn({ frames: [tempoTraceFrame(stillPlaying(recorded, 30_000))] }, /Live/)],
    [
      'partial',
      drawn({ frames: [tempoTraceFrame(withoutLateSpansOf(recorded, 'edge-b'), 'too large')] }, /Partial trace/),
    ],
    [
      'chapters',
      {
        ...drawn({ frames: inChapters(recorded, 3).map((part) => tempoTraceFrame(part)) }, /Joined from 3 traces/),
        sessions: 1,
      },
    ],
    [
      'first-chapter-missing',
      {
        ...drawn(
          {
            frames: inChapters(recorded, 3)
              .slice(1)
              .map((part) => tempoTraceFrame(part)),
          },
          /Live or cut off[\s\S]*Joined from 2 traces/,
        ),
        sessions: 1,
      },
    ],
    [
      'clock-offset',
      drawn(
        { frames: [tempoTraceFrame(await recordedTrace('hls-failover2', 'all', 2400))] },
        /Player clock 2\.4\d? s ahead of the servers/,
      ),
    ],
    ['no-player', drawn({ frames: [committedFrame('hls-failover2-no-player.tempo')] }, /player reported nothing/)],
    ['no-cdn', drawn({ frames: [committedFrame('hls-failover2-no-cdn.tempo')] }, /No CDN log line matched/)],
    ['spans-10000', drawn({ frames: [tempoTraceFrame(multiplied(recorded, LARGE))] }, /failovers/, Number.NaN)],
    [
      'search',
      drawn({ frames: [traceqlSpansFrame(recorded, ['cdn.name'])] }, /A search finds a few spans/, Number.NaN),
    ],
    ['compare', drawn({ frames: [failover, committedFrame('hls-rebuffer.tempo')], height: 760 }, /4 stalls/)],
    ['overlay', drawn({ frames: [failover, ...errorSeries(beginSeconds(failover))] }, /error ratio of edge-a/)],
    ['long-table', drawn({ frames: [longTable()] }, /Origin/, Number.NaN)],
    ['small', drawn({ frames: [failover], width: 300, height: 200 }, /quality collapsed|edge-a/, Number.NaN)],
    ['full-screen', drawn({ frames: [failover], width: 1900, height: 1040 }, /failover/)],
    ['empty', words([], /found no spans/)],
    ['wrong-series', words(errorSeries(1_763_764_800), /no session to draw them beside/)],
    ['wrong-table', words([someTable()], /fields? .*traceID.* missing/)],
  ]);
}

/** A minute of an error ratio from Prometheus. */
function errorSeries(fromSeconds: number): WireFrame[] {
  const values = Array.from({ length: 60 }, (_, at) => [fromSeconds + at, at > 8 && at < 12 ? '0.9' : '0'] as const);
  return prometheusFrames(
    { resultType: 'matrix', result: [{ metric: { cdn: 'edge-a' }, values }] },
    ({ cdn }) => `error ratio of ${cdn}`,
  );
}

/** Spans that tell of an incident. */
function incidentsIn(frames: readonly WireFrame[]): number {
  const names = frames.flatMap((frame) => columnOf(frame, 'operationName').map(String));
  return names.filter((name) => name === 'stall' || name === 'incident' || name === 'failover').length;
}

function hasSession({ schema }: WireFrame): boolean {
  return schema.fields.some(({ name }) => name === 'spanID' || name === 'lane');
}

function beginSeconds(frame: WireFrame): number {
  return Math.floor(Math.min(...columnOf(frame, 'startTime').map(Number)) / 1000);
}

/** What a person writes into a table of any other data source (docs/panel.md). */
function longTable(): WireFrame {
  const rows = [
    [0, 600, 'player', 'startup', ''],
    [9_000, 3_000, 'player', 'stalled', ''],
    [100, 200, 'edge', '', 'my-cdn'],
    [4_000, 300, 'edge', '', 'my-cdn'],
    [8_000, 4_000, 'edge', '', 'my-cdn'],
    [20_000, 1_000, 'my own lane', 'something', ''],
  ] as const;
  return wireFrame<(typeof rows)[number]>(
    { name: 'session-1' },
    [
      ['time', 'time', ([time]) => 1_763_764_800_000 + time],
      ['duration', 'number', ([, duration]) => duration],
      ['lane', 'string', ([, , lane]) => lane],
      ['state', 'string', ([, , , state]) => state],
      ['cdn', 'string', ([, , , , cdn]) => cdn],
    ],
    rows,
  );
}

function someTable(): WireFrame {
  return wireFrame({ name: 'Orders' }, [['customer', 'string', (name: string) => name]], ['Ann', 'Bob']);
}
