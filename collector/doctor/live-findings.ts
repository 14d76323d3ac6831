import { PlaypathError } from '../errors.ts';
import { type Finding, finding, inOrder, percent } from './finding.ts';

/** One sample of a metrics page. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const ENOUGH = 20;
const TIMEOUT_MS = 10_000;
/** The page and the receivers listen elsewhere. */
const OTHER_PORT = '; the metrics page is on port 9464 unless metrics.port says otherwise';
const PLAYER_FIXES = 'docs/connect/hls-js.md, dash-js.md, shaka.md';

/**
 * Findings about a collector that runs, from its metrics page (`http://127.0.0.1:9464/metrics`, or the address alone);
 * with a token where it asks for one.
 */
export async function liveFindings(url: string, token = ''): Promise<Finding[]> {
  const page = metricsPageOf(url);
  let samples: readonly Sample[];
  try {
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(page, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}${answer.status === 404 ? OTHER_PORT : ''}`);
    samples = samplesOf(await answer.text());
    if (!samples.some(({ name }) => name.startsWith('playpath_')))
      throw new Error(`no metrics of Playpath${OTHER_PORT}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlaypathError('log_unreadable', `${page} cannot be read: ${reason}`);
  }
  return findingsOfMetrics(samples);
}

/** An address without a path is the collector's. */
function metricsPageOf(url: string): string {
  const parsed = URL.parse(url.includes('://') ? url : `http://${url}`);
  if (parsed === null) throw new PlaypathError('config_invalid', `--url ${url} is no address`);
  if (parsed.pathname === '/') parsed.pathname = '/metrics';
  return parsed.href;
}

/** What the collector's own counters say about its input, worst first. */
export function findingsOfMetrics(samples: readonly Sample[]): Finding[] {
  return inOrder([
    ...refused(samples),
    ...late(samples),
    ...clocks(samples),
    ...sessionsWithoutIds(samples),
    ...blindSpot(samples),
    ...joins(samples),
    ...caches(samples),
  ]);
}

/** Lines of the Prometheus text format; exemplars and comments are left out. */
export function samplesOf(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})? (\S+)/.exec(line);
    if (!match) continue;
    const labels: Record<string, string> = Object.create(null);
    for (const [, label = '', value = ''] of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
      labels[label] = value;
    samples.push({ name: match[1] as string, labels, value: Number(match[3]) });
  }
  return samples;
}

function refused(samples: readonly Sample[]): Finding[] {
  const received = bySource(samples, 'playpath_received_total');
  return [...bySource(samples, 'playpath_rejected_total')].flatMap(([source, count]) => {
    const share = count / Math.max(count, received.get(source) ?? 0);
    if (count < ENOUGH || share < 0.02) return [];
    const reasons = samples.filter(
      ({ name, labels }) => name === 'playpath_rejected_total' && labels.source === source,
    );
    const [worst] = reasons.toSorted((a, b) => b.value - a.value);
    return finding(
      share > 0.5 ? 'broken' : 'weak',
      'format_mismatch',
      source,
      `${percent(share)} of its records are refused, most of them because of ${worst?.labels.reason ?? 'unknown reasons'}`,
      'samples are in the dead-letter file of the data folder; compare them with the page of its format in docs/connect',
    );
  });
}

function late(samples: readonly Sample[]): Finding[] {
  const received = bySource(samples, 'playpath_received_total');
  return [...bySource(samples, 'playpath_late_records_total')].flatMap(([source, count]) => {
    const share = count / Math.max(count, received.get(source) ?? 0);
    if (count < ENOUGH || share < 0.01) return [];
    return finding(
      share > 0.2 ? 'broken' : 'weak',
      'source_late',
      source,
      `${percent(share)} of its records came after their session had been closed`,
      'raise `lateness` of this source (docs/config.md) or make its log come sooner: real-time logs instead of standard ones',
    );
  });
}

function clocks(samples: readonly Sample[]): Finding[] {
  const received = bySource(samples, 'playpath_received_total');
  return [...bySource(samples, 'playpath_suspect_clock_records_total')].flatMap(([source, count]) => {
    if (count < ENOUGH || count < 0.01 * (received.get(source) ?? 0)) return [];
    return finding(
      'broken',
      'clock_skew',
      source,
      `${count} of its records are dated more than a day ahead or a month back`,
      'check the clock of its servers, and `timeZone` of the source (docs/config.md)',
    );
  });
}

function sessionsWithoutIds(samples: readonly Sample[]): Finding[] {
  const byDevice = sum(samples, 'playpath_joins_total', { method: 'device+url+time' });
  const all = sum(samples, 'playpath_requests_total', { tier: 'edge' });
  if (all < ENOUGH || byDevice < 0.2 * all) return [];
  return [
    finding(
      byDevice > 0.8 * all ? 'broken' : 'weak',
      'cmcd_missing',
      '',
      `${percent(Math.min(1, byDevice / all))} of the edges' requests name no session: theirs is guessed from address, ` +
        'user agent and title',
      `switch CMCD on in the players (${PLAYER_FIXES}) and log the whole query (docs/connect)`,
    ),
  ];
}

function blindSpot(samples: readonly Sample[]): Finding[] {
  const server = sum(samples, 'playpath_sessions_by_visibility_total', { visibility: 'server' });
  const player = sum(samples, 'playpath_sessions_by_visibility_total', { visibility: 'player' });
  const all = sum(samples, 'playpath_sessions_by_visibility_total');
  if (all < ENOUGH) return [];
  const found: Finding[] = [];
  if (server > 0.5 * all) {
    const says = `${percent(server / all)} of the sessions are known from logs alone`;
    const fix = `let players post CMCD events, or load the hook (${PLAYER_FIXES}); ad blockers explain up to a fifth`;
    found.push(finding('weak', 'no_player', 'player', says, fix));
  }
  if (player > 0.1 * all) {
    const says = `no log line ever matched ${percent(player / all)} of the sessions`;
    const fix = 'read the logs of every CDN, whole and without sampling (docs/connect)';
    found.push(finding('broken', 'logs_sampled', '', says, fix));
  }
  return found;
}

function joins(samples: readonly Sample[]): Finding[] {
  const exact = ['traceparent', 'request_id'].reduce(
    (total, method) => total + sum(samples, 'playpath_joins_total', { method }),
    0,
  );
  const byTime = sum(samples, 'playpath_joins_total', { method: 'sid+time' });
  const found: Finding[] = [];
  if (byTime > ENOUGH && byTime > exact) {
    found.push(
      finding(
        'weak',
        'request_id_missing',
        '',
        'more requests are joined by time than by an id',
        'log the request id, hand it on as X-Request-ID, expose it to the player (docs/connect), or add `rid` with the hook',
      ),
    );
  }
  const unjoined = sum(samples, 'playpath_unjoined_total');
  const all = sum(samples, 'playpath_requests_total');
  if (unjoined > ENOUGH && unjoined > 0.1 * all) {
    const says = `no session claimed ${percent(unjoined / all)} of the requests`;
    found.push(
      finding('weak', 'unjoined', '', says, 'log address and user agent, or CMCD; monitoring and bots are fine'),
    );
  }
  return found;
}

function caches(samples: readonly Sample[]): Finding[] {
  const edge = samples.filter(({ name, labels }) => name === 'playpath_requests_total' && labels.tier === 'edge');
  const isMedia = ({ labels }: Sample): boolean => ['video', 'audio', 'muxed'].includes(labels.object_type ?? '');
  return [...Map.groupBy(edge.filter(isMedia), ({ labels }) => labels.cdn ?? '')].flatMap(([cdn, own]) => {
    const of = (cache: RegExp): number => total(own.filter(({ labels }) => cache.test(labels.cache ?? '')));
    const hits = of(/hit|revalidated/);
    const misses = of(/^miss$/);
    if (misses < 10 * ENOUGH || hits > 0.05 * (hits + misses)) return [];
    return finding(
      'broken',
      'cache_key_polluted',
      cdn,
      `${percent(misses / (hits + misses))} of its media requests are misses: the cache key may contain CMCD or rid`,
      'leave CMCD and rid out of the cache key (docs/connect has the setting of each CDN)',
    );
  });
}

function bySource(samples: readonly Sample[], name: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const sample of samples) {
    if (sample.name !== name) continue;
    const source = sample.labels.source ?? '';
    sums.set(source, (sums.get(source) ?? 0) + sample.value);
  }
  return sums;
}

function sum(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels);
  return total(
    samples.filter(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    ),
  );
}

function total(samples: readonly Sample[]): number {
  return samples.reduce((all, { value }) => all + value, 0);
}
