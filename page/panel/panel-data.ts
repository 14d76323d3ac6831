import {
  applyFieldOverrides,
  createTheme,
  type DataFrame,
  type DataFrameJSON,
  dataFrameFromJSON,
  dateTime,
  type FieldConfigSource,
  type GrafanaTheme2,
  LoadingState,
  type PanelData,
  type PanelPlugin,
  type TimeRange,
} from '@grafana/data';
import { defaultsDeep } from 'lodash';
import type { WireFrame } from '../frames/wire-frame.ts';
import type { PanelSettings, ThemeMode } from './panel-settings.ts';

export const THEMES: Readonly<Record<ThemeMode, GrafanaTheme2>> = {
  light: createTheme({ colors: { mode: 'light' } }),
  dark: createTheme({ colors: { mode: 'dark' } }),
};

/** What Grafana makes of it before a panel sees it. */
export type PreparedPanel = {
  readonly options: Readonly<Record<string, unknown>>;
  readonly fieldConfig: FieldConfigSource;
  readonly data: PanelData;
};

export function preparePanel(plugin: PanelPlugin, settings: PanelSettings): PreparedPanel {
  const fieldConfig: FieldConfigSource = defaultsDeep(
    { defaults: {}, overrides: [], ...settings.fieldConfig },
    plugin.fieldConfigDefaults,
  );
  const frames = settings.frames.map(frameOf);
  const timeRange = rangeOf(settings, frames);
  return {
    options: defaultsDeep({ ...settings.options }, plugin.defaults),
    fieldConfig,
    data: {
      state: LoadingState[settings.state ?? 'Done'],
      series: applyFieldOverrides({
        data: frames,
        fieldConfig,
        fieldConfigRegistry: plugin.fieldConfigRegistry,
        theme: THEMES[settings.mode ?? 'dark'],
        replaceVariables: (text) => text,
        timeZone: 'utc',
      }),
      timeRange,
    },
  };
}

function frameOf(frame: WireFrame): DataFrame {
  return dataFrameFromJSON(frame as unknown as DataFrameJSON);
}

function rangeOf({ fromMs, toMs }: PanelSettings, frames: readonly DataFrame[]): TimeRange {
  const begins = frames.flatMap(timesOf);
  const from = dateTime(fromMs ?? (begins.length === 0 ? Date.now() - 3_600_000 : Math.min(...begins)));
  const to = dateTime(toMs ?? (begins.length === 0 ? Date.now() : Math.max(...begins)));
  return { from, to, raw: { from, to } };
}

function timesOf({ fields }: DataFrame): number[] {
  const field = fields.find(({ name, type }) => type === 'time' || name === 'startTime');
  const ends = fields.find(({ name }) => name === 'duration');
  const times: readonly number[] = field?.values ?? [];
  return times.length === 0
    ? []
    : [least(times), -least(times.map((time, at) => -time - Number(ends?.values[at] ?? 0)))];
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b));
}
