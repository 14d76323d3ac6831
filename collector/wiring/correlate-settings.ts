import type { Config } from '../config.ts';
import type { CorrelateSettings } from '../correlate/settings.ts';

/** The settings of correlation as the configuration gives them. */
export function correlateSettings(config: Config): CorrelateSettings {
  const { correlate, player } = config;
  return {
    recorder: {
      detail: correlate.detail,
      healthySample: correlate.healthySample,
      paddingMs: correlate.incidentPaddingMs,
      spanBudget: correlate.spanBudget,
      gridMs: correlate.gridMs,
    },
    settleMs: correlate.settleMs,
    reorderMs: correlate.reorderMs,
    idleCloseMs: correlate.idleCloseMs,
    pausedCloseMs: correlate.pausedCloseMs,
    heartbeatMs: player.heartbeatMs,
    missedHeartbeats: correlate.missedHeartbeats,
    maxSessions: correlate.maxSessions,
    maxRows: correlate.maxRequests,
    maxEventsPerSession: correlate.maxEventsPerSession,
    property: player.property,
  };
}
