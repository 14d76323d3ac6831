import type { OptionsWithLegend, OptionsWithTooltip } from '@grafana/schema';

export type LaneOptions = {
  player: boolean;
  buffer: boolean;
  rendition: boolean;
  requests: boolean;
  upstream: boolean;
  overlays: boolean;
};

export type PanelOptions = OptionsWithLegend &
  OptionsWithTooltip & {
    /** Begin of the axis: each session's own begin, or the dashboard's time range. */
    timeAxis: 'session' | 'dashboard';
    /** Sessions in the data: one above the other, or the first alone. */
    sessions: 'compare' | 'first';
    /** What the mouse wheel needs to zoom, so that it does not take the dashboard's scrolling. */
    wheelZoom: 'withKey' | 'always' | 'never';
    showVerdict: boolean;
    showOverview: boolean;
    lanes: LaneOptions;
  };

/** Field options of time series that are drawn beside the session. */
export type OverlayConfig = {
  lane: 'own' | 'buffer' | 'hidden';
  lineWidth: number;
  fillOpacity: number;
};
