import { LabPlayer } from '../../test/lab/lab.ts';
import { LivePoster } from '../../test/lab/live-poster.ts';
import type { Scenario } from '../../test/lab/scenario.ts';
import { SCENARIOS } from '../../test/lab/scenarios.ts';
import { labSources } from '../../test/lab/sources.ts';
import type { Logger } from '../telemetry/logger.ts';

const DEMO = SCENARIOS.get('demo') as Scenario;
const STEP_MS = 250;
const HEAD_START_MS = 30_000;

/** A configuration for demo traffic: its sources, and loopback trusted to say which viewer posts. */
export function demoConfigText(): string {
  const sources = labSources(DEMO).filter(({ tier }) => tier !== 'player');
  return JSON.stringify({
    bus: 'memory',
    // Invented viewers do not belong among real ones.
    store: { path: 'data/demo-store' },
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

/**
 * Posts the traffic of a simulated fleet to the collector's own ports in real time, as real senders would. The first
 * half minute comes at once, so that whoever looks finds sessions with a past.
 */
export function startDemo(ingestUrl: string, log: Logger): { readonly close: () => Promise<void> } {
  const startMs = Date.now() - HEAD_START_MS;
  const lab = new LabPlayer(DEMO, Math.floor(startMs / 1000), startMs);
  const poster = new LivePoster(ingestUrl);
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  let isTold = false;
  let running = Promise.resolve();
  const step = async (): Promise<void> => {
    await poster.send(lab.next(Date.now()));
    const { failed, refused } = poster.counts;
    if (failed + refused > 0 && !isTold) {
      log.warn('demo traffic does not get through', { failed, refused });
      isTold = true;
    }
    if (!isClosed) timer = setTimeout(run, STEP_MS);
  };
  const run = (): void => {
    running = step().catch((error: unknown) => log.error('demo traffic has ended', { error }));
  };
  run();
  return {
    close: async () => {
      isClosed = true;
      if (timer) clearTimeout(timer);
      await running;
      await poster.close();
    },
  };
}
