import { cpSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { locked } from '../support/build-lock.ts';
import { installPackages } from '../support/package-install.ts';
import { buildPlugin, CACHE, once, PLUGIN, PLUGIN_DIST, ROOT } from '../support/plugin-build.ts';

/** The line of Grafana whose libraries the page brings. */
export type GrafanaLine = '13' | '12';

const INTER = join(ROOT, 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
const HOST = join(ROOT, 'test/grafana/host');
/** 13 is what the plugin itself is built with. */
const LIBRARIES: Readonly<Record<GrafanaLine, string>> = { 13: PLUGIN, 12: join(ROOT, 'test/grafana/host-12') };

/**
 * Builds the page that shows the built panel on real Grafana libraries, with the panel inside, unless it is there
 * already. Answers with its folder.
 */
export async function buildHost(line: GrafanaLine, tell: (text: string) => void = () => {}): Promise<string> {
  await buildPlugin(tell);
  const libraries = LIBRARIES[line];
  const out = join(CACHE, `panel-host-${line}`);
  await locked(join(CACHE, `panel-host-${line}.lock`), async () => {
    if (line !== '13') await installPackages(libraries, tell);
    const sources = [
      HOST,
      import.meta.filename,
      join(ROOT, 'test/grafana/frames'),
      join(libraries, 'package-lock.json'),
    ];
    await once(`panel-host-${line}`, sources, join(out, 'harness.html'), async () => {
      tell('building the page');
      await bundle(libraries, out);
    });
    rmSync(join(out, 'plugin'), { recursive: true, force: true });
    cpSync(PLUGIN_DIST, join(out, 'plugin'), { recursive: true });
  });
  return out;
}

async function bundle(libraries: string, out: string): Promise<void> {
  await build({
    root: HOST,
    base: '/page/',
    configFile: false,
    logLevel: 'error',
    plugins: [packagesFrom(libraries)],
    // Whoever calls may be a test, and Vite would build for development.
    mode: 'production',
    oxc: { jsx: { runtime: 'automatic', development: false } },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}' },
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2022',
      // Inlined scripts and fonts would need holes in the page's policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 20_000,
      rolldownOptions: { input: [join(HOST, 'index.html'), join(HOST, 'harness.html')] },
    },
  });
  const icons = join(libraries, 'node_modules/@grafana/ui/dist/public/img/icons');
  cpSync(icons, join(out, 'public/build/img/icons'), { recursive: true });
  // One variable font stands for both weights Grafana asks for.
  for (const weight of ['Regular', 'Medium']) cpSync(INTER, join(out, `public/fonts/inter/Inter-${weight}.woff2`));
}

/** Resolves what our sources import from the packages of another folder. */
function packagesFrom(folder: string): Plugin {
  return {
    name: 'packages-from',
    enforce: 'pre',
    resolveId(source, importer) {
      const isOurs = importer !== undefined && !importer.includes('/node_modules/');
      if (!isOurs || source.startsWith('.') || source.startsWith('/') || source.startsWith('\0')) return null;
      return this.resolve(source, join(folder, 'package.json'), { skipSelf: true });
    },
  };
}

if (import.meta.main) {
  // Whoever waits for the page waits beside a collector that has work to do.
  setPriority(10);
  await buildHost('13', (text) => console.log(text));
}
