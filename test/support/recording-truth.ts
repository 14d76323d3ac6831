import { existsSync, readFileSync } from 'node:fs';

/**
 * What really happened in a recorded run, read with nothing of Playpath's own: sids by a plain search in the logged
 * query or header, and which player report belongs to which edge line by the CDN request id that the browser saw in
 * Server-Timing (the rig's own notes, which the collector never reads).
 */
export type EdgeLine = {
  readonly cdn: string;
  readonly requestId: string;
  readonly path: string;
  readonly status: number;
  readonly sid: string;
  readonly cache: string;
  readonly endMs: number;
  readonly startMs: number;
};

/** A CMCD `rr` event and the edge line it is about, '' when the browser saw no request of that URL and status. */
export type PlayerReport = {
  readonly sid: string;
  readonly path: string;
  readonly startMs: number;
  readonly requestId: string;
};

export type RecordingTruth = {
  readonly edges: readonly EdgeLine[];
  readonly originIds: ReadonlySet<string>;
  readonly reports: readonly PlayerReport[];
};

type Json = Readonly<Record<string, unknown>>;
type Seen = { readonly url: string; readonly startMs: number; readonly status: number; readonly requestId: string };

export function recordingTruth(run: string): RecordingTruth {
  const folder = new URL(`../fixtures/recordings/${run}/`, import.meta.url).pathname;
  const lines = (file: string): Json[] =>
    existsSync(folder + file)
      ? readFileSync(folder + file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Json)
      : [];
  const sink = lines('sink.ndjson');
  const hooked = sink.filter(({ kind }) => kind === 'playpath').flatMap(({ body }) => hookReports(String(body)));
  const sidOfId = new Map(hooked.map(({ requestId, sid }) => [requestId, sid]));
  const edges = ['edge-a', 'edge-b'].flatMap((cdn) =>
    lines(`${cdn}.json`)
      .filter(({ method }) => method === 'GET')
      .map((line) => edgeLine(cdn, line))
      .map((edge) => (edge.sid === '' ? { ...edge, sid: sidOfId.get(edge.requestId) ?? '' } : edge)),
  );
  const seen = sink
    .filter(({ kind }) => kind === 'beacon')
    .flatMap(({ body }) => String(body).split('\n').flatMap(resourceOf));
  const reports = sink
    .filter(({ kind }) => kind === 'cmcd')
    .flatMap(({ body }) => String(body).split('\n'))
    .filter((line) => /(?:^|,)e=rr(?:,|$)/.test(line))
    .flatMap((line) => (seen.length > 0 ? reportOf(line, seen) : reportOf(line, edges.map(seenAtEdge))));
  return {
    edges,
    reports: [...reports, ...hooked],
    originIds: new Set(lines('origin.json').map(({ request_id }) => String(request_id))),
  };
}

/** What the player hook posted: it saw the CDN request id itself. */
function hookReports(body: string): PlayerReport[] {
  type Posted = { session: string; events: { event: string; url?: string; startMs?: number; requestId?: string }[] };
  const { session, events } = JSON.parse(body) as Posted;
  return events.flatMap(({ event, url = '', startMs = 0, requestId = '' }) =>
    event === 'request' && requestId !== '' ? [{ sid: session, path: new URL(url).pathname, startMs, requestId }] : [],
  );
}

/** Where the rig took no notes the edge lines stand in; a URL fetched more than once then proves nothing. */
function seenAtEdge({ path, status, startMs, requestId }: EdgeLine, _at: number, all: readonly EdgeLine[]): Seen {
  const isAlone = all.filter((other) => other.path === path && other.status === status).length === 1;
  return { url: path, startMs, status, requestId: isAlone ? requestId : '' };
}

function edgeLine(cdn: string, line: Json): EdgeLine {
  const cmcd = `${decodeURIComponent(String(line.args).replaceAll('+', ' '))} ${String(line.cmcd_session)}`;
  const endMs = Number(line.ts) * 1000;
  return {
    cdn,
    requestId: String(line.request_id),
    path: String(line.uri),
    status: Number(line.status),
    sid: /\bsid="([^"]+)"/.exec(cmcd)?.[1] ?? '',
    cache: String(line.cache_status),
    endMs,
    startMs: endMs - Number(line.request_time) * 1000,
  };
}

function resourceOf(line: string): Seen[] {
  if (!line.includes('"type":"resource"')) return [];
  const { url, start, status, st } = JSON.parse(line) as {
    url: string;
    start: number;
    status: number;
    st: { n: string; d: string }[];
  };
  const requestId = st.find(({ n }) => n === 'cdn-rid')?.d ?? '';
  return [{ url: url.split('?')[0] as string, startMs: start, status, requestId }];
}

function reportOf(line: string, seen: readonly Seen[]): PlayerReport[] {
  const url = /url="([^"?]+)/.exec(line)?.[1] ?? '';
  if (!/\.(?:m4s|mp4|m3u8|mpd)$/.test(url)) return [];
  const startMs = Number(/(?:^|,)ts=(\d+)/.exec(line)?.[1]);
  const status = Number(/(?:^|,)rc=(\d+)/.exec(line)?.[1]);
  const sid = /sid="([^"]+)"/.exec(line)?.[1] ?? '';
  const same = seen.filter((entry) => (entry.url === url || url.endsWith(entry.url)) && entry.status === status);
  const nearest = same.toSorted((a, b) => Math.abs(a.startMs - startMs) - Math.abs(b.startMs - startMs))[0];
  return [{ sid, path: new URL(url).pathname, startMs, requestId: nearest?.requestId ?? '' }];
}
