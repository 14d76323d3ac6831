import type { Config } from '../config.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What a running collector cannot exchange: its folders, its ingest port, its store, its own log. */
const FIXED = ['dataDir', 'bus', 'journal', 'ingest', 'store', 'log'] as const;

/** `next` with what cannot change taken from `running`; what was asked for in vain is said. */
export function reloadable(next: Config, running: Config, log: Logger): Config {
  const changed = FIXED.filter((key) => JSON.stringify(next[key]) !== JSON.stringify(running[key]));
  if (changed.length > 0)
    log.warn('a restart is needed for some of the new configuration', { keys: changed.join(', ') });
  // Who is let in was checked for the port as it would be, and must not be applied to the port as it stays.
  if (next.ingest.host !== running.ingest.host) return running;
  const fixed = Object.fromEntries(FIXED.map((key) => [key, running[key]]));
  return { ...next, ...fixed };
}
