import { type LaneOptions, type PanelOptions } from './types';

export const DEFAULT_LANES: LaneOptions = {
  player: true,
  buffer: true,
  rendition: true,
  requests: true,
  upstream: true,
  overlays: true,
};

/** Defaults of the options the panel adds; legend and tooltip have Grafana's own. */
export const DEFAULT_OPTIONS: Omit<PanelOptions, 'legend' | 'tooltip'> = {
  timeAxis: 'session',
  sessions: 'compare',
  wheelZoom: 'withKey',
  showVerdict: true,
  showOverview: true,
  lanes: DEFAULT_LANES,
};
