import {
  type PanelPlugin,
  type PanelPluginMeta,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
} from '@grafana/data';
import { sharedModule } from './shared-modules.ts';

type Factory = (...dependencies: unknown[]) => unknown;
type Define = ((...args: readonly (string | readonly string[] | Factory)[]) => void) & { amd?: object };

/** Editors a panel's options may name. They live in Grafana itself; nobody edits here, so they need to do nothing. */
const EDITORS = [
  ...['text', 'number', 'slider', 'boolean', 'select', 'multi-select', 'radio', 'strings', 'timezone', 'field-color'],
  ...['color', 'fieldColor', 'string', 'unit', 'dashboard-uid', 'field-name', 'stats-picker', 'thresholds', 'mappings'],
  ...['links', 'actions'],
];
const STANDARD_FIELD_OPTIONS = [
  ...['unit', 'min', 'max', 'fieldMinMax', 'decimals', 'displayName', 'color', 'noValue', 'links', 'actions'],
  ...['mappings', 'thresholds', 'filterable'],
];

/** Loads `module.js` as Grafana's loader does: an AMD module whose dependencies are the shared ones. */
export async function loadPlugin(folder: string): Promise<PanelPlugin> {
  prepareRegistries();
  const url = new URL(`${folder}/module.js`, location.href).href;
  const meta = (await (await fetch(`${folder}/plugin.json`)).json()) as PanelPluginMeta;
  const { plugin } = (await amdModule(url)) as { readonly plugin: PanelPlugin };
  plugin.meta = { ...meta, module: url, baseUrl: folder };
  return plugin;
}

/** Runs the script with a global `define`, because a page with a strict policy evaluates no text. */
async function amdModule(url: string): Promise<unknown> {
  let loaded: unknown;
  const define: Define = (...args) => {
    const [dependencies, factory] = args.slice(-2) as [readonly string[], Factory];
    loaded = factory(...dependencies.map((name) => (name === 'module' ? { uri: url, id: url } : sharedModule(name))));
  };
  define.amd = {};
  Object.assign(globalThis, { define });
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${url} does not load`));
    document.head.append(script);
  });
  Reflect.deleteProperty(globalThis, 'define');
  // The module may do something asynchronous before it exports, such as fetching translations.
  const awaited = await loaded;
  if (awaited === undefined) throw new Error(`${url} is no AMD module, or failed while it ran`);
  return awaited;
}

function prepareRegistries(): void {
  const named = (ids: readonly string[]) => () =>
    ids.map((id) => ({
      id,
      path: id,
      name: id,
      editor: () => null,
      override: () => null,
      process: (value: unknown) => value,
      shouldApply: () => true,
      settings: {},
    }));
  standardEditorsRegistry.setInit(named(EDITORS) as Parameters<typeof standardEditorsRegistry.setInit>[0]);
  standardFieldConfigEditorRegistry.setInit(
    named(STANDARD_FIELD_OPTIONS) as unknown as Parameters<typeof standardFieldConfigEditorRegistry.setInit>[0],
  );
}
