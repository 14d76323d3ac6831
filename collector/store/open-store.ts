import { PlaypathError } from '../errors.ts';
import type { Log } from '../exporters/exporter.ts';
import { openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';
import type { Store } from './store.ts';

export type StoreSettings = {
  readonly kind: 'auto' | 'embedded' | 'server' | 'off';
  readonly path: string;
  readonly memoryBytes: number;
  readonly url: string;
  readonly user: string;
  readonly password: { readonly reveal: () => string } | null;
  readonly cluster: string;
  readonly query: { readonly timeoutMs: number };
};

/** What a server is given on top of a query's own time, before the connection is given up. */
const ANSWER_MS = 20_000;

/** The store of this configuration; null when there is none, which a person is told once. */
export async function openStore(settings: StoreSettings, log: Log): Promise<Store | null> {
  const { kind, path, memoryBytes, url, user, password, cluster, query } = settings;
  if (kind === 'off') return null;
  if (url !== '') {
    const requestTimeoutMs = query.timeoutMs + ANSWER_MS;
    return openServer({ url, user, password: password?.reveal() ?? '', cluster, requestTimeoutMs });
  }
  try {
    return await openEmbedded(path, memoryBytes);
  } catch (error) {
    if (kind === 'embedded' || !(error instanceof PlaypathError)) throw error;
    log.warn('no analytics store: traces and metrics only', { code: error.code, reason: error.message });
    return null;
  }
}
