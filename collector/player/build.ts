import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Where the built hook is committed; the collector serves it as `/player.js`. */
export const BUILT_HOOK = fileURLToPath(new URL('./player.gen.js', import.meta.url));

/** Property names no page, player or collector ever sees; shortening them is a fifth of a kilobyte. */
const INTERNAL_NAMES =
  /^(isTimeout|isFatal|isShown|liveLatencySeconds|listen|requested|applied|steered|asked|held|isHeld|trouble|exclude|hold|sinceMs|owns|atMs|envelope|failed|emit|leave|element|rendition|ask|fail|isOver|isAutoplayWanted|every|flush|settle|path|close|cdnHost|hasSent)$/;

/** The hook as one minified script for browsers of the last four years. The same sources give the same bytes. */
export async function buildHook(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./global.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    // Without it esbuild takes `strict` from tsconfig.json for a wish to write "use strict".
    tsconfigRaw: {},
    mangleProps: INTERNAL_NAMES,
    banner: { js: '/* Playpath, Apache-2.0 */' },
  });
  return result.outputFiles[0]!.text;
}

if (import.meta.main) writeFileSync(BUILT_HOOK, await buildHook());
