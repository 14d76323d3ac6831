/** Uids of the dashboards, which are also their file names: links and alerts lead to these. */
export const BOARD_IDS = [
  'playpath-fleet-qoe',
  'playpath-cdn-origin',
  'playpath-live-viewers',
  'playpath-sessions',
  'playpath-session',
  'playpath-data-health',
  'playpath-collector-health',
] as const;
export type BoardId = (typeof BOARD_IDS)[number];

/** Where alerts find Grafana: what docker-compose.yml publishes. */
export const GRAFANA_URL = 'http://localhost:3000';
