import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captures, logLines, ridIn } from '../bed/beacons.ts';
import { type Bed, startBed } from '../bed/bed.ts';
import { describeWith } from '../support/describe-with.ts';

const DOCS = fileURLToPath(new URL('../../docs/connect/', import.meta.url));
/** Where the browser packages of OpenTelemetry live: they come with Faro. */
const PACKAGES = fileURLToPath(new URL('../../node_modules/@grafana/faro-web-tracing/', import.meta.url));
/** Longest wait for the machine to be free. */
const WITH_TURN_MS = 600_000;
/** Documented code that is marked to be run: ```js runs=<kind of post> [what the CDN's log must show]. */
const RUNNABLE = /^```js runs=(\w+) ?(\w*)\n([\s\S]*?)^```/gm;

type Snippet = { readonly name: string; readonly kind: string; readonly inLog: string; readonly code: string };
const snippets: Snippet[] = readdirSync(DOCS)
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) =>
    [...readFileSync(join(DOCS, file), 'utf8').matchAll(RUNNABLE)].map(([, kind, inLog, code]) => ({
      name: `${file.slice(0, -3)}-${kind}`,
      kind: kind!,
      inLog: inLog!,
      code: code!,
    })),
  );

test('every player that can be run here has documented code that is run', () => {
  expect(snippets.map(({ name }) => name)).toEqual([
    'dash-js-cmcd',
    'dash-js-playpath',
    'faro-faro',
    'hls-js-cmcd',
    'hls-js-playpath',
    'native-video-playpath',
    'otel-web-otlp',
    'shaka-cmcd',
    'shaka-playpath',
  ]);
});

describeWith(['chromium', 'nginx', 'ffmpeg'], 'the code in docs/connect', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await startBed();
  }, WITH_TURN_MS);
  afterAll(() => bed?.stop());

  test.concurrent.each(snippets)(
    '$name plays and is heard',
    async ({ name, kind, inLog, code }) => {
      const tab = await bed.play({ player: 'none', title: name, file: '', hookUrl: '/player.js' });
      await tab.page.waitForFunction('globalThis.Playpath');
      await tab.page.addScriptTag({ type: 'module', content: await bundled(localised(code, bed, name)) });
      await tab.page.evaluate('video.autoplay = true; video.play().catch(() => undefined)');
      await tab.reached(3);
      await tab.close();

      const posts = captures(bed.logs.capture, kind).filter(({ body }) => body.includes(name));
      expect(posts.length).toBeGreaterThan(0);
      const bodies = posts.map(({ body }) => body).join('\n');
      // A dash.js event target without enabledKeys, or a span without its attribute, would fail here.
      expect(bodies).toMatch(SESSION_IN[kind]!);
      expect(bodies).not.toContain(`${bed.pageUrl}/v1/`);

      const media = logLines(bed.logs['edge-a.json'], name).filter(({ uri }) => /\.(m4s|mp4)$/.test(uri));
      expect(media.length).toBeGreaterThan(0);
      if (inLog === 'rid') expect(media.map(({ args }) => ridIn(args))).not.toContain('');
      if (inLog === 'traceparent') expect(media.map(({ traceparent }) => traceparent)).not.toContain('');
      if (kind !== 'playpath' || inLog === 'rid') expect(media.every(({ args }) => args.includes('CMCD='))).toBe(true);
    },
    60_000,
  );
});

/** How each kind of post names the session. */
const SESSION_IN: Readonly<Record<string, RegExp>> = {
  cmcd: /sid="[0-9a-f-]{36}"/,
  playpath: /"session":"[0-9a-f-]{32,36}"/,
  faro: /"session":\{[^}]*"id":"[0-9a-f-]{36}"/,
  otlp: /"media\.session\.id","value":\{"stringValue":"[0-9a-f-]{36}"/,
};

/** The documented hosts and content replaced by the bed's. */
function localised(code: string, bed: Bed, title: string): string {
  const pattern = (url: string) => url.replaceAll('.', '\\.').replaceAll('/', '\\/');
  return code
    .replaceAll('https:\\/\\/ingest\\.example\\/', `${pattern(bed.pageUrl)}\\/v1\\/`)
    .replaceAll('https:\\/\\/cdn\\.example\\/', `${pattern(bed.edgeA)}\\/`)
    .replaceAll('https://ingest.example', bed.pageUrl)
    .replaceAll('https://cdn.example', bed.edgeA)
    .replaceAll("'cdn.example'", `'${new URL(bed.edgeA).host}'`)
    .replaceAll('movie-1', title);
}

async function bundled(code: string): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: PACKAGES, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // Our own newer API would be a second copy beside the one Faro brings, and the two do not see each other.
    alias: { '@opentelemetry/api': join(PACKAGES, 'node_modules/@opentelemetry/api') },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}
