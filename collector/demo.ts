import type { LabDelivery } from '../test/lab/delivery.ts';
import { LabPlayer } from '../test/lab/lab.ts';
import type { Scenario } from '../test/lab/scenario.ts';
import { SCENARIOS } from '../test/lab/scenarios.ts';
import { labSources } from '../test/lab/sources.ts';
import type { Logger } from './telemetry/logger.ts';

const DEMO = SCENARIOS.get('demo') as Scenario;
const STEP_MS = 250;

/** A configuration for demo traffic: its sources, and loopback trusted to say which viewer posts. */
export function demoConfigText(): string {
  const sources = labSources(DEMO).filter(({ tier }) => tier !== 'player');
  return JSON.stringify({
    ingest: { trustedProxies: ['127.0.0.1', '::1'] },
    correlate: { settle: '10s', reorder: '1s', healthySample: 0.1 },
    sources: sources.map(({ name, format, tier, emitter, latenessMs }) => ({
      name,
      format,
      tier,
      [tier === 'origin' ? 'origin' : 'cdn']: emitter,
      lateness: `${Math.ceil(latenessMs)}ms`,
    })),
  });
}

/** Posts the traffic of a simulated fleet to the collector's own ports in real time, as real senders would. */
export function startDemo(ingestUrl: string, log: Logger): { readonly close: () => void } {
  const lab = new LabPlayer(DEMO, Math.floor(Date.now() / 1000), Date.now());
  const headers = new Map<string, string[]>();
  let isTold = false;
  const post = async (path: string, body: string, sent: Record<string, string>): Promise<void> => {
    try {
      await fetch(`${ingestUrl}${path}`, { method: 'POST', body, headers: sent });
    } catch (error) {
      if (!isTold) log.warn('demo traffic does not get through', { error });
      isTold = true;
    }
  };
  const step = (): void => {
    const uploads = new Map<string, string[]>();
    for (const delivery of lab.next(Date.now())) {
      if (delivery.kind === 'post') void post(delivery.path ?? '/v1/cmcd', delivery.body, viewerHeaders(delivery));
      else addLine(uploads, headers, delivery);
    }
    for (const [source, lines] of uploads) {
      const body = [...(headers.get(source) ?? []), ...lines].join('\n');
      void post(`/v1/push/${source}`, body, { 'content-type': 'text/plain' });
    }
  };
  const timer = setInterval(step, STEP_MS);
  return { close: () => clearInterval(timer) };
}

/** Header lines such as `#Fields` belong to a file; here every upload is one, so they are repeated. */
function addLine(uploads: Map<string, string[]>, headers: Map<string, string[]>, { source, body }: LabDelivery): void {
  const target = body.startsWith('#') ? headers : uploads;
  const lines = target.get(source);
  if (lines) lines.push(body);
  else target.set(source, [body]);
}

function viewerHeaders({ contentType, address, userAgent }: LabDelivery): Record<string, string> {
  return { 'content-type': contentType ?? 'text/plain', 'x-forwarded-for': address, 'user-agent': userAgent };
}
