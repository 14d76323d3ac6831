import { jaegerTrace } from '../../../collector/api/jaeger-model.ts';
import type { OtlpJsonRequest } from '../../../collector/exporters/otlp-json.ts';
import { tempoTraceFrame } from '../../../page/frames/tempo-trace.ts';
import type { WireFrame } from '../../../page/frames/wire-frame.ts';
import { jaegerTraceFrame } from './jaeger-trace.ts';
import { labTrace } from './lab-trace.ts';
import { modelSpan, spansOf } from './otlp-spans.ts';
import { recordedTrace } from './recorded-trace.ts';

/** Frames in `test/fixtures/frames`, by file name: what the panel's own tests read. Written by `write-frames.ts`. */
export async function committedFrames(): Promise<ReadonlyMap<string, WireFrame>> {
  const failover = await recordedTrace('hls-failover2');
  return new Map([
    ['hls-failover2.tempo.json', tempoTraceFrame(failover)],
    ['hls-failover2.jaeger.json', jaegerFrame(failover)],
    ['hls-failover2-no-player.tempo.json', tempoTraceFrame(await recordedTrace('hls-failover2', 'servers'))],
    ['hls-failover2-no-cdn.tempo.json', tempoTraceFrame(await recordedTrace('hls-failover2', 'player'))],
    ['hls-rebuffer.tempo.json', tempoTraceFrame(await recordedTrace('hls-rebuffer'))],
    ['lab-incidents.tempo.json', tempoTraceFrame(await labTrace())],
  ]);
}

/** As Grafana gets it from the collector's Jaeger API, or from Jaeger after an export. */
export function jaegerFrame(request: OtlpJsonRequest): WireFrame {
  const spans = spansOf(request).map(modelSpan);
  return jaegerTraceFrame(jaegerTrace(spans[0]?.traceId ?? '', spans, '0.0.0'));
}

/** A column a line: readable enough to see what changed, small enough to commit. */
export function frameText({ schema, data }: WireFrame): string {
  const columns = data.values.map((column) => JSON.stringify(column)).join(',\n');
  return `{"schema":${JSON.stringify(schema)},\n"data":{"values":[\n${columns}\n]}}\n`;
}
