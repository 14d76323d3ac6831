/** One colour per cause on every board: servers red and orange, delivery yellow, networks blue, players purple. */
export const VERDICT_COLORS: Readonly<Record<string, string>> = {
  edge_error: 'red',
  edge_slow: 'orange',
  origin_error: 'dark-red',
  origin_slow: 'dark-orange',
  cache_miss: 'yellow',
  network: 'blue',
  abr: 'light-blue',
  manifest_stale: 'super-light-orange',
  auth: 'dark-yellow',
  drm: 'dark-green',
  ad: 'green',
  client: 'purple',
  failover: 'light-purple',
  unknown: 'gray',
};

export const OUTCOME_COLORS: Readonly<Record<string, string>> = {
  played: 'green',
  start_failure: 'red',
  exit_before_start: 'orange',
  lost_signal: 'purple',
  in_progress: 'blue',
};

export const STATUS_COLORS: Readonly<Record<string, string>> = {
  '1xx': 'gray',
  '2xx': 'green',
  '3xx': 'blue',
  '4xx': 'orange',
  '5xx': 'red',
  abort: 'purple',
};
