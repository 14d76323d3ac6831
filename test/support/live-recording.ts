import { readFileSync } from 'node:fs';

/** A recorded request of a player or a log line, and when it reached the collector. */
type Record =
  | { readonly kind: 'line'; readonly atMs: number; readonly source: string; readonly line: string }
  | {
      readonly kind: 'post';
      readonly atMs: number;
      readonly path: string;
      readonly type: string;
      readonly body: Buffer;
    };

type Capture = {
  readonly recv: number;
  readonly kind: string;
  readonly ct?: string;
  readonly body: string | { readonly b64: string };
};

const LOGS = [
  ['edge-a.json', 'edge-a'],
  ['edge-b.json', 'edge-b'],
  ['origin.json', 'origin-1'],
] as const;
/** What the rig heard players post, and where to. */
const PATHS: ReadonlyMap<string, string> = new Map([
  ['cmcd', '/v1/cmcd'],
  ['faro', '/v1/faro'],
  ['playpath', '/v1/beacon'],
]);

/** The sources a collector needs to take a recording's lines at /v1/push. */
export const RECORDING_SOURCES = [
  { name: 'edge-a', format: 'nginx-json', tier: 'edge' },
  { name: 'edge-b', format: 'nginx-json', tier: 'edge' },
  { name: 'origin-1', format: 'nginx-json', tier: 'origin' },
] as const;

/** Sends a recorded run to a collector as its players and servers did, with `clock` at the time each record came. */
export async function postRecording(run: string, ingestUrl: string, clock: { nowMs: number }): Promise<void> {
  for (const record of recordsOf(run)) {
    clock.nowMs = record.atMs;
    const isLine = record.kind === 'line';
    const response = await fetch(`${ingestUrl}${isLine ? `/v1/push/${record.source}` : record.path}`, {
      method: 'POST',
      body: isLine ? `${record.line}\n` : record.body,
      headers: { 'content-type': isLine ? 'application/x-ndjson' : record.type },
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${record.kind} answered ${response.status}`);
  }
}

/** First and last arrival of a run, Unix ms. */
export function recordedTime(run: string): readonly [firstMs: number, lastMs: number] {
  const records = recordsOf(run);
  return [records[0]?.atMs ?? 0, records.at(-1)?.atMs ?? 0];
}

function recordsOf(run: string): Record[] {
  const lines = (file: string): string[] =>
    readFileSync(new URL(`../fixtures/recordings/${run}/${file}`, import.meta.url), 'utf8')
      .split('\n')
      .filter(Boolean);
  const logged = LOGS.flatMap(([file, source]) =>
    lines(file).map((line): Record => {
      const { ts } = JSON.parse(line) as { ts: number };
      return { kind: 'line', atMs: ts * 1000, source, line };
    }),
  );
  const posted = lines('sink.ndjson').flatMap((line): Record[] => {
    const { recv, kind, ct, body } = JSON.parse(line) as Capture;
    const path = PATHS.get(kind);
    if (path === undefined) return [];
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.b64, 'base64');
    return [{ kind: 'post', atMs: recv, path, type: ct ?? 'text/plain', body: bytes }];
  });
  return [...logged, ...posted].sort((a, b) => a.atMs - b.atMs);
}
