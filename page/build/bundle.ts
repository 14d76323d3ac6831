import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { ROOT } from './plugin-build.ts';

export const PAGE = join(ROOT, 'page');
const INTER = join(ROOT, 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');

export type BundleSettings = {
  readonly html: string;
  /** Folder with the `node_modules` that hold Grafana's libraries. */
  readonly libraries: string;
  readonly out: string;
};

/** Bundles a page that shows the built panel with Grafana's libraries, icons and fonts. */
export async function bundle({ html, libraries, out }: BundleSettings): Promise<void> {
  await build({
    root: join(html, '..'),
    publicDir: join(PAGE, 'public'),
    base: '/page/',
    configFile: false,
    logLevel: 'error',
    plugins: [packagesFrom(libraries)],
    // Whoever calls may be a test, and Vite would build for development; and so would packages that have two builds.
    mode: 'production',
    resolve: { conditions: ['module', 'browser', 'production'] },
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
      rolldownOptions: { input: html },
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
