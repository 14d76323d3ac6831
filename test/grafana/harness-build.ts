import { join } from 'node:path';
import { locked } from '../../page/build/build-lock.ts';
import { PAGE } from '../../page/build/bundle.ts';
import { installPackages } from '../../page/build/package-install.ts';
import { buildAround } from '../../page/build/page-build.ts';
import { buildPlugin, CACHE, PLUGIN, ROOT } from '../../page/build/plugin-build.ts';

/** The line of Grafana whose libraries the page brings. */
export type GrafanaLine = '13' | '12';

const HARNESS = join(ROOT, 'test/grafana/harness');
/** 13 is what the plugin itself is built with. */
const LIBRARIES: Readonly<Record<GrafanaLine, string>> = { 13: PLUGIN, 12: join(ROOT, 'test/grafana/libraries-12') };

/** The page that tests drive, on the libraries of one line, built unless it is there. Answers with its folder. */
export async function buildHarness(line: GrafanaLine, tell: (text: string) => void = () => {}): Promise<string> {
  const libraries = LIBRARIES[line];
  await buildPlugin(tell);
  if (line !== '13') await locked(join(CACHE, 'libraries.lock'), () => installPackages(libraries, tell));
  const name = `harness-${line}`;
  const sources = [HARNESS, PAGE, join(libraries, 'package-lock.json')];
  return buildAround({ name, html: join(HARNESS, 'harness.html'), libraries, sources }, tell);
}
