import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../house/tree.ts';

/** As much of a classic dashboard as the tests read. */
export type BoardJson = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly refresh: string;
  readonly tags: readonly string[];
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list: readonly AnnotationJson[] };
  readonly links: readonly { readonly type: string; readonly keepTime: boolean; readonly includeVars: boolean }[];
};
export type PanelJson = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
      readonly links?: readonly { readonly title: string; readonly url: string }[];
    };
  };
};
export type TargetJson = {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly query?: string;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
  readonly legendFormat?: string;
};
export type VariableJson = {
  readonly name: string;
  readonly type: string;
  readonly refresh?: number;
  readonly query: string | { readonly query: string };
  readonly datasource?: { readonly uid: string };
};
export type AnnotationJson = {
  readonly name: string;
  readonly enable: boolean;
  readonly expr: string;
  readonly datasource: { readonly uid: string };
  readonly target: { readonly expr: string };
};

const FOLDER = join(ROOT, 'dashboards/grafana');

/** The files Grafana is given, not what they are made of. */
export const COMMITTED: readonly BoardJson[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .toSorted()
  .map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as BoardJson);

/** What shows data; rows only order. */
export function panelsOf(board: BoardJson): readonly PanelJson[] {
  return board.panels.filter(({ type }) => type !== 'row');
}

export function promTargets(board: BoardJson): readonly { readonly panel: PanelJson; readonly target: TargetJson }[] {
  return panelsOf(board).flatMap((panel) =>
    (panel.targets ?? []).filter(({ expr }) => expr !== undefined).map((target) => ({ panel, target })),
  );
}

/** An expression as Grafana sends it with every filter at "All". */
export function withVariables(expression: string, rateInterval: string, range: string): string {
  return (
    expression
      .replaceAll('$__rate_interval', rateInterval)
      .replaceAll('$__range', range)
      // A board looks for peaks in steps of its scrapes; so do the tests, which scrape every second.
      .replaceAll(`${range}:15s]`, `${range}:1s]`)
      .replace(/\$\{?\w+(?::\w+)?\}?/g, '.*')
  );
}
