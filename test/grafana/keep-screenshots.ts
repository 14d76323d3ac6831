import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, PLUGIN } from '../support/plugin-build.ts';

// Pictures of the plugin's page in the catalogue, by the scene whose test took them:
// npx vitest run test/grafana/panel-13.test.ts && node test/grafana/keep-screenshots.ts
const PICTURES = { failover: 'dark', request: 'pinned-page', compare: 'compare' };

for (const [picture, scene] of Object.entries(PICTURES)) {
  copyFileSync(join(CACHE, 'screenshots/13', `${scene}.png`), join(PLUGIN, 'src/img', `${picture}.png`));
}
