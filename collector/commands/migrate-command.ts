import { configFile, loadConfig } from '../config.ts';
import { PlaypathError } from '../errors.ts';
import { FORMATS } from '../formats/index.ts';
import { migrate } from '../store/migrations.ts';
import { openStore } from '../store/open-store.ts';
import { createLogger } from '../telemetry/logger.ts';
import { placementOf } from '../wiring/analytics.ts';

/** `migrate`: brings the tables of the analytics store up to date, for collectors that must not do it themselves. */
export async function runMigrate(file: string, print: (line: string) => void): Promise<void> {
  const config = loadConfig({ formats: FORMATS, file: configFile(file) });
  const log = createLogger({ ...config.log, stream: process.stderr, now: Date.now });
  const store = await openStore(config.store, log);
  if (store === null) throw new PlaypathError('store_missing', 'This configuration has no analytics store');
  try {
    const done = await migrate(store, placementOf(config), Date.now());
    print(done.length === 0 ? 'The tables are up to date.' : `Done: ${done.join(', ')}`);
  } finally {
    await store.close();
  }
}
