import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import type { Span } from '../model/span.ts';
import { spansToOtlpJson } from './otlp-json.ts';
import type { SessionJson } from './session-json.ts';

/** Spans in one line: an `ExportTraceServiceRequest` a reader can hold. */
const LINE_SPANS = 1000;
/** Text collected before a write. */
const WRITE_CHARACTERS = 1 << 20;

/**
 * Writes spans in the OTLP file-exporter form, one OTLP/JSON `ExportTraceServiceRequest` a line, in the order given.
 * Like all files here it appears under its name when it is complete, so a file that exists can be trusted.
 */
export async function writeTraces(path: string, spans: Iterable<Span>, version: string): Promise<void> {
  await writeLines(path, requests(spans, version));
}

function* requests(spans: Iterable<Span>, version: string): Generator<object> {
  let batch: Span[] = [];
  for (const span of spans) {
    batch.push(span);
    if (batch.length < LINE_SPANS) continue;
    yield spansToOtlpJson(batch, version);
    batch = [];
  }
  if (batch.length > 0) yield spansToOtlpJson(batch, version);
}

/** Writes one session a line, in the order given. */
export async function writeSessions(path: string, sessions: Iterable<SessionJson>): Promise<void> {
  await writeLines(path, sessions);
}

/** Writes metrics already rendered in Prometheus text. */
export async function writeMetrics(path: string, text: string): Promise<void> {
  await writeFile(partOf(path), text);
  await rename(partOf(path), path);
}

async function writeLines(path: string, objects: Iterable<object>): Promise<void> {
  const file = await open(partOf(path), 'w');
  try {
    await writeAll(file, objects);
  } finally {
    await file.close();
  }
  await rename(partOf(path), path);
}

async function writeAll(file: FileHandle, objects: Iterable<object>): Promise<void> {
  let text = '';
  for (const object of objects) {
    text += `${JSON.stringify(object)}\n`;
    if (text.length < WRITE_CHARACTERS) continue;
    await file.writeFile(text);
    text = '';
  }
  await file.writeFile(text);
}

function partOf(path: string): string {
  return `${path}.part`;
}
