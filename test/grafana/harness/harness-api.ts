import type { PanelSettings } from '../../../page/panel/panel-settings.ts';

// Types only, so that tests know the page without knowing Grafana's libraries.

export type ShowSettings = PanelSettings & {
  readonly width?: number;
  readonly height?: number;
  /** Whether the dashboard shares its crosshair: 0 off, 1 crosshair, 2 crosshair and tooltip. */
  readonly sync?: 0 | 1 | 2;
};

/** What tests drive the page with, as the global `host`. */
export type Harness = {
  /** Times another panel would draw its crosshair at; null where it would take it away. */
  readonly published: readonly (number | null)[];
  /** Time ranges the dashboard was asked to show. */
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
  readonly plugin: { readonly id: string; readonly defaults: unknown; readonly fieldConfigDefaults: unknown };
  /** All that happens before a panel gets its data. */
  readonly prepare: (settings: ShowSettings) => void;
  /** Gives the panel its data. `isSame` keeps the panel as it stands, with what the user did in it. */
  readonly show: (isSame?: boolean) => Promise<void>;
  /** Another panel of the dashboard is hovered. */
  readonly hover: (timeMs: number) => void;
  readonly leave: () => void;
  /** What the panel offers in Grafana's list of suggestions. */
  readonly suggestions: (settings: ShowSettings) => Promise<unknown>;
  /** Resolves two frames later. */
  readonly paint: () => Promise<void>;
};
