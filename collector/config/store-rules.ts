import { isRecord } from './environment.ts';
import type { Conflict } from './rules.ts';

/** What does not go together in the settings of the analytics store. */
export function* storeConflicts(store: unknown): Generator<Conflict> {
  if (!isRecord(store)) return;
  const hasUrl = store.url !== undefined && store.url !== '';
  if (store.kind === 'server' && !hasUrl) {
    yield { path: ['store', 'kind'], message: 'is server, which needs store.url' };
  }
  if (store.kind === 'embedded' && hasUrl) {
    yield { path: ['store', 'url'], message: 'belongs to kind server, the store is embedded' };
  }
  if (store.cluster !== undefined && store.cluster !== '' && !hasUrl) {
    yield { path: ['store', 'cluster'], message: 'belongs to a server: store.url is missing' };
  }
}
