import { type PanelModel } from '@grafana/data';
import { DEFAULT_LANES, DEFAULT_OPTIONS } from './defaults';
import { type LaneOptions, type PanelOptions } from './types';

/**
 * Options of any earlier version, or written by hand, as this version reads them. Running it twice changes nothing.
 * Versions before 0.1.0 do not exist; a step for a later version compares `panel.pluginVersion`.
 */
export function migrate(
  panel: Pick<PanelModel<Partial<PanelOptions>>, 'options' | 'pluginVersion'>
): Partial<PanelOptions> {
  const options = panel.options ?? {};
  return {
    ...options,
    timeAxis: oneOf(options.timeAxis, ['session', 'dashboard'], DEFAULT_OPTIONS.timeAxis),
    sessions: oneOf(options.sessions, ['compare', 'first'], DEFAULT_OPTIONS.sessions),
    wheelZoom: oneOf(options.wheelZoom, ['withKey', 'always', 'never'], DEFAULT_OPTIONS.wheelZoom),
    showVerdict: options.showVerdict ?? DEFAULT_OPTIONS.showVerdict,
    showOverview: options.showOverview ?? DEFAULT_OPTIONS.showOverview,
    lanes: lanesOf(options.lanes),
  };
}

function oneOf<T>(value: T | undefined, allowed: readonly T[], otherwise: T): T {
  return value !== undefined && allowed.includes(value) ? value : otherwise;
}

function lanesOf(lanes: Partial<LaneOptions> | undefined): LaneOptions {
  return { ...DEFAULT_LANES, ...(typeof lanes === 'object' ? lanes : {}) };
}
