import type { Listener } from './api/page.ts';
import type { Config } from './config.ts';

/** What listens where, once the collector has started. Ports as they were really bound: a configured 0 is any free one. */
export type Listening = { readonly ingest: number; readonly metrics: number; readonly api: number };

/** What listens where and what for, for people; nothing before the start. */
export function listenersOf(config: Config, at: Listening | null): readonly Listener[] {
  if (!at) return [];
  const { ingest, metrics, api } = config;
  return [
    {
      name: 'Ingest',
      address: `http://${ingest.host}:${at.ingest}`,
      purpose: 'OTLP, CMCD, beacons, log push, /player.js',
    },
    { name: 'Metrics', address: `http://${metrics.host}:${at.metrics}/metrics`, purpose: 'for Prometheus' },
    {
      name: 'Query API',
      address: `http://${api.host}:${at.api}`,
      purpose: 'sessions, traces, Jaeger API under /jaeger',
    },
  ];
}
