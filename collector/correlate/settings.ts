import type { RecorderPolicy } from './flight-recorder.ts';

/** What correlation may be told; every duration in milliseconds, every limit a count. */
export type CorrelateSettings = {
  readonly recorder: RecorderPolicy;
  /** The longest a request waits for its other halves, however late a source may be. */
  readonly settleMs: number;
  /** How long player events wait for earlier ones to arrive. */
  readonly reorderMs: number;
  /** Silence of player and CDN that closes a session. */
  readonly idleCloseMs: number;
  readonly pausedCloseMs: number;
  readonly heartbeatMs: number;
  readonly missedHeartbeats: number;
  readonly maxSessions: number;
  readonly maxRows: number;
  readonly maxEventsPerSession: number;
  /** Site or app of sessions that name none; `others` when left out. */
  readonly property?: string;
};
