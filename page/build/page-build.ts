import { cpSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, join } from 'node:path';
import { locked } from './build-lock.ts';
import { bundle, PAGE } from './bundle.ts';
import { buildPlugin, CACHE, once, PLUGIN, PLUGIN_DIST } from './plugin-build.ts';

/** A page around the built panel: from which HTML, with whose libraries, of which sources. */
export type PageParts = {
  /** Also the name of the folder it is built into. */
  readonly name: string;
  readonly html: string;
  /** Folder with the `node_modules` that hold Grafana's libraries. */
  readonly libraries: string;
  readonly sources: readonly string[];
};

const EMBEDDED: PageParts = {
  name: 'page',
  html: join(PAGE, 'index.html'),
  libraries: PLUGIN,
  sources: [PAGE, join(PLUGIN, 'package-lock.json')],
};

/** Builds the collector's page with the panel inside, unless it is there already. Answers with its folder. */
export async function buildPage(tell: (text: string) => void = () => {}): Promise<string> {
  await buildPlugin(tell);
  return buildAround(EMBEDDED, tell);
}

/** The same for any page around the panel. The panel and the libraries must be there. */
export async function buildAround(parts: PageParts, tell: (text: string) => void): Promise<string> {
  const { name, html, libraries, sources } = parts;
  const out = join(CACHE, name);
  await locked(join(CACHE, `${name}.lock`), async () => {
    await once(name, sources, join(out, basename(html)), async () => {
      tell('building the page');
      await bundle({ html, libraries, out });
    });
    rmSync(join(out, 'plugin'), { recursive: true, force: true });
    cpSync(PLUGIN_DIST, join(out, 'plugin'), { recursive: true });
  });
  return out;
}

if (import.meta.main) {
  // Whoever waits for the page waits beside a collector that has work to do.
  setPriority(10);
  await buildPage((text) => console.log(text));
}
