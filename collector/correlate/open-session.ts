import type { UnixMs } from '../model/time.ts';
import type { LiveSession } from './live-session.ts';

/** A session that is not closed. */
export type OpenSession = {
  readonly session: LiveSession;
  /** When something last arrived for it. */
  readonly lastMs: UnixMs;
  /** When what is known of it last changed. */
  readonly changedMs: UnixMs;
  /** End of its latest server half that was no playlist; how late the sources that spoke of it may be. */
  readonly lastMediaMs: UnixMs;
  readonly latenessMs: number;
};
