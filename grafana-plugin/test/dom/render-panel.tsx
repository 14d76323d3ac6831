import {
  type DataFrame,
  dateTime,
  type EventBus,
  EventBusSrv,
  type FieldConfigSource,
  LoadingState,
  type PanelProps,
} from '@grafana/data';
import { LegendDisplayMode, TooltipDisplayMode } from '@grafana/ui';
import { PanelContextProvider } from '@grafana/ui';
import { render, screen } from '@testing-library/react';
import React from 'react';
import { vi } from 'vitest';
import { DEFAULT_OPTIONS } from '../../src/defaults';
import { SessionPanel } from '../../src/SessionPanel';
import { type PanelOptions } from '../../src/types';
import { BEGIN_MS } from '../frames';

type Settings = {
  readonly options?: Partial<PanelOptions>;
  readonly fieldConfig?: FieldConfigSource;
  readonly width?: number;
  readonly height?: number;
  readonly eventBus?: EventBus;
};

export const OPTIONS = {
  ...DEFAULT_OPTIONS,
  legend: { showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] },
  tooltip: { mode: TooltipDisplayMode.Single, sort: 'none' },
} as unknown as PanelOptions;

/** The panel as a dashboard would render it, 1200 × 480 unless told otherwise. */
export function renderPanel(series: DataFrame[], settings: Settings = {}) {
  const onChangeTimeRange = vi.fn();
  const eventBus = settings.eventBus ?? new EventBusSrv();
  const element = (frames: DataFrame[]) => {
    const range = { from: dateTime(BEGIN_MS), to: dateTime(BEGIN_MS + 60_000), raw: { from: 'now-1h', to: 'now' } };
    const props = {
      id: 1,
      title: 'Session',
      transparent: false,
      data: { series: frames, state: LoadingState.Done, timeRange: range },
      timeRange: range,
      timeZone: 'utc',
      options: { ...OPTIONS, ...settings.options },
      fieldConfig: settings.fieldConfig ?? { defaults: {}, overrides: [] },
      width: settings.width ?? 1200,
      height: settings.height ?? 480,
      renderCounter: 0,
      eventBus,
      onChangeTimeRange,
      onOptionsChange: vi.fn(),
      onFieldConfigChange: vi.fn(),
      replaceVariables: (value: string) => value,
    } as unknown as PanelProps<PanelOptions>;
    return (
      <PanelContextProvider value={{ eventsScope: 'global', eventBus, sync: () => 1 }}>
        <SessionPanel {...props} />
      </PanelContextProvider>
    );
  };
  const { rerender, container } = render(element(series));
  return { container, eventBus, onChangeTimeRange, update: (next: DataFrame[]) => rerender(element(next)) };
}

export const lanes = () => screen.getByTestId('playpath lanes');

type DrawCall = { readonly type: string; readonly props: Record<string, number | string> };

/** What was drawn on the canvas of the lanes since it was last looked at. */
export function drawn(): { readonly rects: number; readonly texts: readonly string[] } {
  const context = lanes().querySelector('canvas')!.getContext('2d') as unknown as {
    __getDrawCalls(): DrawCall[];
    __clearDrawCalls(): void;
  };
  const calls = context.__getDrawCalls();
  context.__clearDrawCalls();
  return {
    rects: calls.filter(({ type }) => type === 'fillRect').length,
    texts: calls.filter(({ type }) => type === 'fillText').map(({ props }) => String(props.text)),
  };
}
