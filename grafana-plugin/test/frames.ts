import { type DataFrame, type DataFrameJSON, dataFrameFromJSON, FieldType, toDataFrame } from '@grafana/data';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Frames made by the collector from recorded sessions; see test/grafana at the root of the repository. */
const RECORDED = join(__dirname, '../../test/fixtures/frames');

export type Recorded =
  | 'hls-failover2.tempo'
  | 'hls-failover2.jaeger'
  | 'hls-failover2-no-player.tempo'
  | 'hls-failover2-no-cdn.tempo'
  | 'hls-rebuffer.tempo'
  | 'lab-incidents.tempo';

export function recordedFrame(name: Recorded): DataFrame {
  const path = join(RECORDED, `${name}.json`);
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run node test/grafana/frames/write-frames.ts`);
  }
  return dataFrameFromJSON(JSON.parse(readFileSync(path, 'utf8')) as DataFrameJSON);
}

export type Row = {
  readonly name: string;
  readonly id?: string;
  readonly parent?: string;
  readonly trace?: string;
  /** Milliseconds after the begin. */
  readonly at: number;
  readonly ms: number;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly links?: readonly string[];
};

export const BEGIN_MS = 1_795_294_677_640;
export const SESSION = 'c485fb8b-06c3-4872-8464-19285eee9ce9';

/** A trace frame as Tempo's data source gives it, from the few columns a test is about. */
export function traceFrame(rows: readonly Row[], meta: DataFrame['meta'] = {}): DataFrame {
  const column = (name: string, type: FieldType, value: (row: Row, index: number) => unknown) => ({
    name,
    type,
    values: rows.map(value),
  });
  return toDataFrame({
    name: 'Trace',
    meta: { preferredVisualisationType: 'trace', ...meta },
    fields: [
      column('traceID', FieldType.string, ({ trace }) => trace ?? 'c485fb8b06c34872846419285eee9ce9'),
      column('spanID', FieldType.string, ({ id }, index) => id ?? `span${index}`),
      column('parentSpanID', FieldType.string, ({ parent }) => parent ?? ''),
      column('operationName', FieldType.string, ({ name }) => name),
      column('serviceName', FieldType.string, ({ name }) => (name === 'edge' ? 'edge-a' : 'player')),
      column('startTime', FieldType.number, ({ at }) => BEGIN_MS + at),
      column('duration', FieldType.number, ({ ms }) => ms),
      column('references', FieldType.other, ({ links }) => links?.map((spanID) => ({ traceID: '', spanID })) ?? null),
      column('logs', FieldType.other, () => null),
      column('tags', FieldType.other, ({ tags }) =>
        Object.entries({ 'session.id': SESSION, ...tags }).map(([key, value]) => ({ key, value }))
      ),
    ],
  });
}
