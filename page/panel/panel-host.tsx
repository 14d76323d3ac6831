import { type EventBus, type PanelPlugin, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome, PanelContextProvider } from '@grafana/ui';
import { useState } from 'react';
import { type PreparedPanel, THEMES } from './panel-data.ts';
import type { ThemeMode } from './panel-settings.ts';

export type PanelHostProps = {
  readonly plugin: PanelPlugin;
  readonly panel: PreparedPanel;
  readonly mode: ThemeMode;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** The dashboard's bus as this panel sees it. */
  readonly eventBus: EventBus;
  /** Whether the dashboard shares its crosshair: 0 off, 1 crosshair, 2 crosshair and tooltip. */
  readonly sync?: 0 | 1 | 2;
  readonly onTimeRange: (range: { readonly from: number; readonly to: number }) => void;
};

/** One panel as a dashboard shows it: theme, frame, title, and everything Grafana passes to a panel. */
export function PanelHost({ plugin, panel, mode, title, width, height, eventBus, sync, onTimeRange }: PanelHostProps) {
  const [edited, setEdited] = useState<{ readonly options?: object; readonly fieldConfig?: object }>({});
  const Panel = plugin.panel;
  if (Panel === null) throw new Error('The plugin has no panel.');
  return (
    <ThemeContext.Provider value={THEMES[mode]}>
      <GlobalStyles />
      <PanelContextProvider
        value={{ eventsScope: 'global', eventBus, sync: () => sync ?? 1, app: 'dashboard' } as never}
      >
        <PanelChrome title={title} width={width} height={height}>
          {(innerWidth, innerHeight) => (
            <Panel
              id={1}
              title={title}
              data={panel.data}
              timeRange={panel.data.timeRange}
              timeZone="utc"
              options={{ ...panel.options, ...edited.options }}
              fieldConfig={{ ...panel.fieldConfig, ...edited.fieldConfig }}
              transparent={false}
              width={innerWidth}
              height={innerHeight}
              renderCounter={0}
              eventBus={eventBus}
              replaceVariables={(text: string) => text}
              onOptionsChange={(options: object) => setEdited((before) => ({ ...before, options }))}
              onFieldConfigChange={(fieldConfig: object) => setEdited((before) => ({ ...before, fieldConfig }))}
              onChangeTimeRange={onTimeRange}
            />
          )}
        </PanelChrome>
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}
