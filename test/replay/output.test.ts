import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runReplay } from '../../collector/commands/replay-command.ts';
import type { OtlpJsonRequest } from '../../collector/exporters/otlp-json.ts';
import { OtlpSink } from '../support/otlp-sink.ts';
import { recordingSources } from '../support/replay-output.ts';
import { storedSpans } from '../support/trace-rules.ts';

/** Where a replay leaves what it finds. */

const SOURCES = recordingSources('hls-failover2');

let folder = '';
let sink: OtlpSink;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-replay-output-'));
  sink = await OtlpSink.listen();
});
afterEach(async () => {
  await sink.close();
  rmSync(folder, { recursive: true });
});

const TRACES = () => join(folder, 'traces.otlp.jsonl');

async function run(
  source: readonly string[],
  { endpoint = '', traces }: { readonly endpoint?: string; readonly traces?: string } = {},
): Promise<string> {
  const config = join(folder, 'playpath.yaml');
  writeFileSync(config, `export: { otlp: { endpoint: '${endpoint}', batch: { spans: 50 } } }\n`);
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const named = traces === undefined ? {} : { traces };
  await runReplay({ source, config, detail: 'full', out: folder, version: '0.0.0', print, ...named });
  return printed.join('\n');
}

const idsOf = (requests: readonly OtlpJsonRequest[]) =>
  storedSpans(requests)
    .map(({ traceId, spanId }) => `${traceId} ${spanId}`)
    .sort();

const idsInFile = () =>
  idsOf(
    readFileSync(TRACES(), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );

test('whatever the order of the sources, every file has the same bytes', async () => {
  const contents = () =>
    ['traces.otlp.jsonl', 'sessions.jsonl', 'metrics.prom'].map((name) => readFileSync(join(folder, name), 'utf8'));
  await run(SOURCES);
  const expected = contents();
  for (const order of [SOURCES.toReversed(), [...SOURCES.slice(2), ...SOURCES.slice(0, 2)]]) {
    await run(order);
    expect(contents()).toEqual(expected);
  }
});

test('with a trace backend every span goes there instead of into a file', async () => {
  await run(SOURCES);
  const expected = idsInFile();
  rmSync(TRACES());
  const printed = await run(SOURCES, { endpoint: sink.endpoint });
  expect(idsOf(sink.exports.map(({ request }) => request))).toEqual(expected);
  expect(sink.problems).toEqual([]);
  expect(existsSync(TRACES())).toBe(false);
  // The spans of a running collector may be waiting there.
  expect(existsSync(join(folder, 'data'))).toBe(false);
  expect(printed).toContain(`sent to ${new URL(sink.endpoint).host}: ${expected.length} spans`);
  expect(printed).not.toContain('traces.otlp.jsonl');
});

test('spans go to a file beside the backend, or into the file alone, when that is asked for', async () => {
  await run(SOURCES, { endpoint: sink.endpoint, traces: 'both' });
  const sent = idsOf(sink.exports.map(({ request }) => request));
  expect(sent.length).toBeGreaterThan(100);
  expect(idsInFile()).toEqual(sent);
  rmSync(TRACES());
  sink.exports.length = 0;
  await run(SOURCES, { endpoint: sink.endpoint, traces: 'file' });
  expect(idsInFile()).toEqual(sent);
  expect(sink.exports).toEqual([]);
});

test.each([
  ['otlp', '--traces otlp needs export.otlp.endpoint'],
  ['both', '--traces both needs export.otlp.endpoint'],
  ['elsewhere', '--traces must be file, otlp or both, not "elsewhere"'],
])('traces to %s without a backend is a mistake of the set-up', async (traces, message) => {
  await expect(run(SOURCES, { traces })).rejects.toThrow(message);
});

test('a replay that fails leaves no file that looks complete', async () => {
  await expect(run([`${folder}=nginx-json:edge:edge-a`])).rejects.toThrow();
  for (const name of ['traces.otlp.jsonl', 'sessions.jsonl', 'metrics.prom'])
    expect(existsSync(join(folder, name))).toBe(false);
});
