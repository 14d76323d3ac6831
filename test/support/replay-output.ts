import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReplay } from '../../collector/commands/replay-command.ts';
import type { OtlpJsonRequest, OtlpJsonSpan, OtlpJsonValue } from '../../collector/exporters/otlp-json.ts';
import type { SessionJson } from '../../collector/exporters/session-json.ts';

/** A span as a reader of the file sees it. */
export type ReadSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly links: readonly string[];
};

export type ReplayOutput = {
  readonly spans: readonly ReadSpan[];
  readonly sessions: readonly SessionJson[];
  readonly metrics: string;
  readonly printed: readonly string[];
};

/** Runs `replay` on `--source` arguments and reads back what it wrote. `config` is the path of a configuration. */
export async function replayOutput(
  source: readonly string[],
  detail: 'full' | 'recorder' = 'full',
  config?: string,
): Promise<ReplayOutput> {
  const out = mkdtempSync(join(tmpdir(), 'playpath-replay-'));
  const printed: string[] = [];
  try {
    const configured = config === undefined ? {} : { config };
    await runReplay({ source, detail, out, version: '0.0.0', print: (line) => printed.push(line), ...configured });
    const lines = (name: string) => readFileSync(join(out, name), 'utf8').split('\n').filter(Boolean);
    return {
      spans: lines('traces.otlp.jsonl').flatMap((line) => spansOf(JSON.parse(line) as OtlpJsonRequest)),
      sessions: lines('sessions.jsonl').map((line) => JSON.parse(line) as SessionJson),
      metrics: readFileSync(join(out, 'metrics.prom'), 'utf8'),
      printed,
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The `--source` arguments of a recorded run. `logs` chooses between the JSON and the combined log of the same lines. */
export function recordingSources(run: string, logs: 'json' | 'log' = 'json'): string[] {
  const folder = new URL(`../fixtures/recordings/${run}/`, import.meta.url).pathname;
  const format = logs === 'json' ? 'nginx-json' : 'nginx-combined-plus';
  return [
    `${folder}edge-a.${logs}=${format}:edge:edge-a`,
    `${folder}edge-b.${logs}=${format}:edge:edge-b`,
    `${folder}origin.${logs}=${format}:origin:origin-1`,
    `${folder}sink.ndjson=capture:player:player`,
  ];
}

function spansOf(request: OtlpJsonRequest): ReadSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(readValue(resource.attributes.find(({ key }) => key === 'service.name')?.value));
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpan(span, service)));
  });
}

function readSpan(span: OtlpJsonSpan, service: string): ReadSpan {
  return {
    name: span.name,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    service,
    startMs: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
    endMs: Number(BigInt(span.endTimeUnixNano) / 1000n) / 1000,
    attributes: new Map((span.attributes ?? []).map(({ key, value }) => [key, readValue(value)])),
    links: (span.links ?? []).map(({ spanId }) => spanId),
  };
}

function readValue(value: OtlpJsonValue | undefined): unknown {
  if (value === undefined) return undefined;
  const [[kind, inner] = ['', undefined]] = Object.entries(value);
  return kind === 'intValue' || kind === 'doubleValue' ? Number(inner) : inner;
}
