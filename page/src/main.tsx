import { ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { loadPlugin } from '../panel/load-plugin.ts';
import { THEMES } from '../panel/panel-data.ts';
import { App } from './app.tsx';

const mode = globalThis.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
const root = createRoot(document.getElementById('root') as HTMLElement);

loadPlugin('/page/plugin').then(
  (plugin) =>
    root.render(
      <ThemeContext.Provider value={THEMES[mode]}>
        <GlobalStyles />
        <App plugin={plugin} mode={mode} />
      </ThemeContext.Provider>,
    ),
  (error: unknown) =>
    root.render(
      <p role="alert">
        The session panel does not load: {String(error)}. <a href="/?plain">The plain page</a> shows the same sessions.
      </p>,
    ),
);
