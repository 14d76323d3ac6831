import { FieldColorModeId, FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { commonOptionsBuilder } from '@grafana/ui';
import { DEFAULT_OPTIONS } from './defaults';
import { migrate } from './migrations';
import { SessionPanel } from './SessionPanel';
import { suggest } from './suggestions';
import { type OverlayConfig, type PanelOptions } from './types';

const LANES = [
  ['player', 'Player', 'What the player was doing'],
  ['buffer', 'Buffer', 'Seconds of media ahead of the playhead'],
  ['rendition', 'Rendition', 'Quality asked for and on screen'],
  ['requests', 'Requests', 'One lane per CDN'],
  ['upstream', 'Shield and origin', 'What the CDNs had to fetch'],
  ['overlays', 'Time series', 'Numbers of other queries'],
] as const;

export const plugin = new PanelPlugin<PanelOptions, OverlayConfig>(SessionPanel)
  .useFieldConfig({
    disableStandardOptions: [
      FieldConfigProperty.NoValue,
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Filterable,
    ],
    standardOptions: {
      // As time series have it elsewhere in Grafana: a colour each, not one of thresholds.
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: false, bySeriesSupport: true, preferThresholdsMode: false },
        defaultValue: { mode: FieldColorModeId.PaletteClassic },
      },
    },
    useCustomConfig: (builder) => {
      builder
        .addSelect({
          path: 'lane',
          name: 'Lane',
          description: 'Where a time series is drawn beside the session',
          category: ['Time series'],
          defaultValue: 'own',
          settings: {
            options: [
              { value: 'own', label: 'Its own' },
              { value: 'buffer', label: 'Buffer' },
              { value: 'hidden', label: 'Hidden' },
            ],
          },
        })
        .addSliderInput({
          path: 'lineWidth',
          name: 'Line width',
          category: ['Time series'],
          defaultValue: 1,
          settings: { min: 1, max: 10, step: 1 },
        })
        .addSliderInput({
          path: 'fillOpacity',
          name: 'Fill opacity',
          category: ['Time series'],
          defaultValue: 10,
          settings: { min: 0, max: 100, step: 1 },
        });
    },
  })
  .setPanelOptions((builder) => {
    const category = ['Session'];
    builder
      .addRadio({
        path: 'timeAxis',
        name: 'Time',
        description: "Time since the session's begin, or the dashboard's time range",
        category,
        defaultValue: DEFAULT_OPTIONS.timeAxis,
        settings: {
          options: [
            { value: 'session', label: 'Session' },
            { value: 'dashboard', label: 'Dashboard' },
          ],
        },
      })
      .addRadio({
        path: 'sessions',
        name: 'Several sessions',
        description: 'One above the other with their begins aligned, or the first alone',
        category,
        defaultValue: DEFAULT_OPTIONS.sessions,
        settings: {
          options: [
            { value: 'compare', label: 'Compare' },
            { value: 'first', label: 'First' },
          ],
        },
      })
      .addRadio({
        path: 'wheelZoom',
        name: 'Mouse wheel zooms',
        description: 'With Ctrl or Cmd held, so that the dashboard still scrolls; or always',
        category,
        defaultValue: DEFAULT_OPTIONS.wheelZoom,
        settings: {
          options: [
            { value: 'withKey', label: 'With key' },
            { value: 'always', label: 'Always' },
            { value: 'never', label: 'Never' },
          ],
        },
      })
      .addBooleanSwitch({
        path: 'showVerdict',
        name: 'Verdict',
        description: 'The sentence that says what went wrong and why',
        category,
        defaultValue: DEFAULT_OPTIONS.showVerdict,
      })
      .addBooleanSwitch({
        path: 'showOverview',
        name: 'Overview',
        description: 'The whole session in a strip, to zoom with',
        category,
        defaultValue: DEFAULT_OPTIONS.showOverview,
      });
    for (const [lane, name, description] of LANES) {
      builder.addBooleanSwitch({
        path: `lanes.${lane}`,
        name,
        description,
        category: ['Lanes'],
        defaultValue: DEFAULT_OPTIONS.lanes[lane],
      });
    }
    commonOptionsBuilder.addLegendOptions(builder, false);
    commonOptionsBuilder.addTooltipOptions(builder);
  })
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
