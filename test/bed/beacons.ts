import { readFileSync } from 'node:fs';

/** One hook event as it was posted, with the fields its body said once for all. */
export type Beacon = {
  readonly event: string;
  readonly session: string;
  readonly ts: number;
  readonly seq: number;
} & Readonly<Record<string, unknown>>;

type Capture = { readonly recv: number; readonly kind: string; readonly ct: string; readonly body: string };

/** Every post the capture sink recorded under `kind`, oldest first. */
export function captures(captureFile: string, kind: string): Capture[] {
  return linesOf(captureFile)
    .map((line) => JSON.parse(line) as Capture)
    .filter((capture) => capture.kind === kind);
}

/** The hook's events for one film, in the order the player made them. */
export function beaconsOf(captureFile: string, content: string): Beacon[] {
  return captures(captureFile, 'playpath')
    .flatMap(({ body }) => {
      const { events, ...envelope } = JSON.parse(body) as { events: Beacon[] };
      return events.map((event) => ({ ...envelope, ...event }) as Beacon);
    })
    .filter((beacon) => beacon.content === content)
    .sort((a, b) => a.seq - b.seq);
}

/** A line of the bed's `nginx-json` logs, as far as tests read it. */
export type LogLine = {
  /** Unix seconds at the end of the request. */
  readonly ts: number;
  readonly request_time: number;
  readonly request_id: string;
  readonly method: string;
  readonly uri: string;
  readonly args: string;
  readonly traceparent: string;
  readonly status: number;
  readonly completion: string;
  readonly cache_status: string;
  /** Seconds until the server behind began to answer, as text; empty or absent where none was asked. */
  readonly upstream_header_time?: string;
};

/** Lines of one film in a log, in the order they were written. */
export function logLines(logFile: string, title: string): LogLine[] {
  return linesOf(logFile)
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line.uri.startsWith(`/${title}/`) && line.method === 'GET');
}

/** The join key in a URL or query, '' without one. */
export function ridIn(text: string): string {
  return /[?&]rid=([0-9a-f]{16})(?:&|$)/.exec(`?${text}`)?.[1] ?? '';
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
