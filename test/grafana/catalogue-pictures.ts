import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, PLUGIN, ROOT } from '../../page/build/plugin-build.ts';

/**
 * `node test/grafana/catalogue-pictures.ts` copies pictures that the tests made of the built panel and of the
 * collector's page to where the READMEs show them. Look at them first.
 */
const PICTURES: readonly (readonly [taken: string, shown: string])[] = [
  ['13/dark.png', join(PLUGIN, 'src/img/failover.png')],
  ['13/pinned-page.png', join(PLUGIN, 'src/img/request.png')],
  ['13/compare.png', join(PLUGIN, 'src/img/compare.png')],
  ['page/session.png', join(ROOT, 'docs/images/session.png')],
];

for (const [taken, shown] of PICTURES) copyFileSync(join(CACHE, 'screenshots', taken), shown);
