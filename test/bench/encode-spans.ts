import { performance } from 'node:perf_hooks';
import { SpanBatch } from '../../collector/exporters/otlp-encode.ts';
import { otlpJson } from '../../collector/exporters/otlp-json.ts';
import type { Span } from '../../collector/model/span.ts';
import { ExportRequest } from '../exporters/otlp-proto.ts';
import { makeSpan, VERSION } from '../exporters/spans.ts';

// Question: what does one exported span cost, against a protobuf library and JSON on the same spans?

const BATCH = 1000;
const ROUNDS = 60;

const bare = Array.from({ length: BATCH }, (_, index) => spanNumber(index, []));
const full = Array.from({ length: BATCH }, (_, index) =>
  spanNumber(index, [
    ['http.request.method', 'GET'],
    ['url.path', `/vod/title-${index % 7}/video/2885/segment-${index}.m4s`],
    ['http.response.status_code', index % 50 === 0 ? 503 : 200],
    ['media.object.type', 'video'],
    ['media.rendition.bitrate', 2_885_000],
    ['media.object.duration', 4.004],
    ['cdn.name', 'edge-a'],
    ['cdn.cache.status', 'HIT'],
    ['cdn.ttfb', 0.0123 * (index % 9)],
    ['playpath.join.method', 'request_id'],
  ]),
);

function spanNumber(index: number, attributes: Span['attributes']): Span {
  return makeSpan({
    spanId: index.toString(16).padStart(16, '0'),
    service: ['player', 'edge-a', 'origin-1'][index % 3] ?? '',
    startMs: 1_763_764_800_000 + index * 1.37,
    endMs: 1_763_764_800_100 + index * 1.37,
    attributes,
  });
}

/** Best of the rounds in µs per span: on a shared machine the minimum is the program, the rest is the neighbours. */
function measure(run: () => void): string {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begin = performance.now();
    run();
    best = Math.min(best, performance.now() - begin);
  }
  return `${((best * 1000) / BATCH).toFixed(2)} µs/span`;
}

for (const [name, spans] of [
  ['no attributes', bare],
  ['10 attributes', full],
] as const) {
  const batch = new SpanBatch(VERSION);
  const json = JSON.parse(otlpJson(spans, VERSION));
  const message = ExportRequest.fromObject(json);
  const rows = {
    'direct writing': measure(() => {
      for (const span of spans) batch.add(span);
      batch.take();
    }),
    'protobufjs, message ready': measure(() => ExportRequest.encode(message).finish()),
    'protobufjs from objects': measure(() => ExportRequest.encode(ExportRequest.fromObject(json)).finish()),
    'OTLP/JSON text': measure(() => otlpJson(spans, VERSION)),
  };
  console.log(name);
  console.table(rows);
}
