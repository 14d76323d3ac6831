import { DataHoverClearEvent, DataHoverEvent, EventBusSrv, getPanelDataSummary, type PanelPlugin } from '@grafana/data';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { loadPlugin } from '../../../page/panel/load-plugin.ts';
import { type PreparedPanel, preparePanel } from '../../../page/panel/panel-data.ts';
import { PanelHost } from '../../../page/panel/panel-host.tsx';
import type { Harness, ShowSettings } from './harness-api.ts';

const dashboardBus = new EventBusSrv();
const panelBus = dashboardBus.newScopedBus('panel-1', { onlyLocal: false });
const otherPanelBus = dashboardBus.newScopedBus('panel-2', { onlyLocal: false });
const root = createRoot(document.getElementById('root') as HTMLElement);
const published: (number | null)[] = [];
const ranges: { readonly from: number; readonly to: number }[] = [];

otherPanelBus.getStream(DataHoverEvent).subscribe(({ origin, payload }) => {
  if (origin === panelBus) published.push(Number(payload.point?.time));
});
otherPanelBus.getStream(DataHoverClearEvent).subscribe(({ origin }) => {
  if (origin === panelBus) published.push(null);
});

function harness(plugin: PanelPlugin): Harness {
  let prepared: { readonly settings: ShowSettings; readonly panel: PreparedPanel } | null = null;
  let shows = 0;
  const paint = (): Promise<void> =>
    new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  return {
    published,
    ranges,
    plugin: { id: plugin.meta.id, defaults: plugin.defaults, fieldConfigDefaults: plugin.fieldConfigDefaults },
    prepare(settings: ShowSettings): void {
      prepared = { settings, panel: preparePanel(plugin, settings) };
    },
    async show(isSame = false): Promise<void> {
      if (prepared === null) throw new Error('prepare first');
      const { settings, panel } = prepared;
      if (!isSame) shows += 1;
      const mode = settings.mode ?? 'dark';
      document.documentElement.style.background = mode === 'dark' ? '#111217' : '#f4f5f5';
      flushSync(() =>
        root.render(
          <PanelHost
            key={shows}
            plugin={plugin}
            panel={panel}
            mode={mode}
            title={settings.title ?? 'Session'}
            width={settings.width ?? 1200}
            height={settings.height ?? 600}
            eventBus={panelBus}
            {...(settings.sync === undefined ? {} : { sync: settings.sync })}
            onTimeRange={(range) => ranges.push(range)}
          />,
        ),
      );
      await paint();
    },
    hover(timeMs: number): void {
      otherPanelBus.publish(new DataHoverEvent({ point: { time: timeMs } }));
    },
    leave(): void {
      otherPanelBus.publish(new DataHoverClearEvent());
    },
    async suggestions(settings: ShowSettings): Promise<unknown> {
      const { data } = preparePanel(plugin, settings);
      return plugin.getSuggestions?.(getPanelDataSummary(data.series));
    },
    paint,
  };
}

const hostReady = loadPlugin('/page/plugin').then((plugin) => {
  const host = harness(plugin);
  Object.assign(globalThis, { host });
  return host;
});
Object.assign(globalThis, { hostReady });
