import { mkdirSync, writeFileSync } from 'node:fs';
import { committedFrames, frameText } from './committed-frames.ts';

/** `node test/grafana/frames/write-frames.ts` writes `test/fixtures/frames` again, after the collector's spans changed. */
const folder = new URL('../../fixtures/frames/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, frame] of await committedFrames()) writeFileSync(new URL(name, folder), frameText(frame));
