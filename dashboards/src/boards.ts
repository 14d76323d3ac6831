import type { Board } from './board.ts';
import { CDN_ORIGIN } from './boards/cdn-origin.ts';
import { COLLECTOR_HEALTH } from './boards/collector-health.ts';
import { DATA_HEALTH } from './boards/data-health.ts';
import { FLEET_QOE } from './boards/fleet-qoe.ts';
import { LIVE_VIEWERS } from './boards/live-viewers.ts';
import { SESSION } from './boards/session.ts';
import { SESSION_EXPLORER } from './boards/session-explorer.ts';

/** All dashboards, in the order a reader meets them. */
export const BOARDS: readonly Board[] = [
  FLEET_QOE,
  CDN_ORIGIN,
  LIVE_VIEWERS,
  SESSION_EXPLORER,
  SESSION,
  DATA_HEALTH,
  COLLECTOR_HEALTH,
];
