import type { Listener } from '../api/page.ts';
import type { Config } from '../config.ts';

/** What listens where, once the collector has started. Ports as they were really bound: a configured 0 is any free one. */
export type Listening = { readonly ingest: number; readonly metrics: number; readonly api: number };

/** What listens where and what for, for people; nothing before the start. */
export function listenersOf(config: Config, at: Listening | null): readonly Listener[] {
  if (!at) return [];
  const { ingest, metrics, api } = config;
  return [
    {
      name: 'Ingest',
      address: urlOf(ingest, at.ingest),
      purpose: 'OTLP, CMCD, beacons, log push, /player.js',
    },
    { name: 'Metrics', address: `http://${metrics.host}:${at.metrics}/metrics`, purpose: 'for Prometheus' },
    {
      name: 'Query API',
      address: urlOf(api, at.api),
      purpose: 'sessions, traces, Jaeger API under /jaeger',
    },
  ];
}

/** Where a port answers, as a person would write it. */
export function urlOf({ host, tls }: Pick<Config['api'], 'host' | 'tls'>, port: number): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${tls.cert === '' ? 'http' : 'https'}://${name}:${port}`;
}
