import { configFile, loadConfig } from '../config.ts';
import { PlaypathError } from '../errors.ts';
import { FORMATS } from '../formats/index.ts';
import { openEmbedded } from '../store/embedded.ts';
import { migrate } from '../store/migrations.ts';
import { moveSessions } from '../store/move.ts';
import { openStore } from '../store/open-store.ts';
import { createLogger } from '../telemetry/logger.ts';
import { placementOf } from '../wiring/analytics.ts';

/** `move-store`: copies an embedded store into the server of the configuration. May be repeated. */
export async function runMoveStore(folder: string, file: string, print: (line: string) => void): Promise<void> {
  const config = loadConfig({ formats: FORMATS, file: configFile(file) });
  if (config.store.url === '') {
    throw new PlaypathError('config_invalid', 'move-store needs a configuration with store.url: where to');
  }
  const log = createLogger({ ...config.log, stream: process.stderr, now: Date.now });
  const from = await openEmbedded(folder, config.store.memoryBytes);
  const to = await openStore(config.store, log);
  try {
    if (to === null) throw new PlaypathError('store_missing', 'This configuration has no analytics store');
    const placement = placementOf(config);
    await migrate(to, placement, Date.now());
    const rows = await moveSessions(from, to, placement, (day, count) => print(`${day}: ${count} sessions`));
    print(`${rows} sessions are on the server. The folder ${folder} is as it was.`);
  } finally {
    await from.close();
    await to?.close();
  }
}
