import type { UnixMs } from '../model/time.ts';
import type { LiveSession } from './live-session.ts';

/** A session that is not closed. */
export type OpenSession = {
  readonly session: LiveSession;
  /** When something last arrived for it. */
  readonly lastMs: UnixMs;
  /** When what is known of it last changed. */
  readonly changedMs: UnixMs;
  /** When it last got media, as logs tell, how long its player says a segment is, and how late those logs may be. */
  readonly lastMediaMs: UnixMs;
  readonly segmentMs: number | undefined;
  readonly latenessMs: number;
};
