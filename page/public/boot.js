// What Grafana's server writes into its page, as much as its libraries read of it. Runs before they are loaded.
const prefersLight = globalThis.matchMedia('(prefers-color-scheme: light)').matches;
globalThis.grafanaBootData = {
  user: { theme: prefersLight ? 'light' : 'dark', lightTheme: prefersLight, locale: 'en-US', language: 'en-US' },
  settings: { buildInfo: { version: '13.2.2', env: 'production' }, featureToggles: {} },
  navTree: [],
};
globalThis.__grafana_public_path__ = '/page/public/';
