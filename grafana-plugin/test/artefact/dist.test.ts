import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Checks of Grafana's plugin validator (0.45) and of its reviewers, on what is published. Needs `npm run build`. */
const ROOT = join(__dirname, '../..');
const at = (...path: string[]) => join(ROOT, ...path);
const text = (...path: string[]) => readFileSync(at(...path), 'utf8');
const json = (...path: string[]) => JSON.parse(text(...path));
const files = (folder: string): string[] =>
  readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(at(folder), join(entry.parentPath, entry.name)));

const plugin = json('dist/plugin.json');
const bundle = text('dist/module.js');
const sources = files('src').filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.gen.ts'));

describe('the bundle', () => {
  test('asks Grafana only for what Grafana shares', () => {
    const [, asked] = /define\((\[[^\]]*\])/.exec(bundle)!;
    const shared = [
      '@emotion/css',
      '@grafana/data',
      '@grafana/ui',
      '@grafana/runtime',
      'module',
      'react',
      'react-dom',
      'rxjs',
      'lodash',
    ];
    expect((JSON.parse(asked) as string[]).filter((name) => !shared.includes(name))).toEqual([]);
  });

  test('maps to sources that are byte for byte in src', () => {
    const map = json('dist/module.js.map') as { sources: string[]; sourcesContent: string[] };
    const own = map.sources
      .map((source, index) => [source.replace(/^webpack:\/\/[^/]+\//, ''), map.sourcesContent[index]])
      .filter(([source]) => !/^(external |webpack\/|\.\.\/node_modules|\.\/node_modules\/)/.test(source));
    expect(own.length).toBeGreaterThan(40);
    const different = own.filter(
      ([source, content]) => !existsSync(at('src', source)) || text('src', source) !== content
    );
    expect(different.map(([source]) => source)).toEqual([]);
  });

  test('brings nobody else’s code', () => {
    const { sources: all } = json('dist/module.js.map') as { sources: string[] };
    expect(all.filter((source) => source.includes('node_modules/') && !source.includes('grafana-public-path'))).toEqual(
      []
    );
  });

  test('is small, and is one file for the panel and one for the data source', () => {
    expect(
      files('dist')
        .filter((path) => path.endsWith('.js'))
        .sort()
    ).toEqual(['datasource/module.js', 'module.js']);
    expect(statSync(at('dist/module.js')).size).toBeLessThan(200_000);
    expect(statSync(at('dist/datasource/module.js')).size).toBeLessThan(50_000);
  });

  test('brings no packages, and locks those it is made with', () => {
    const { dependencies = {} } = json('package.json') as { dependencies?: object };
    expect(Object.keys(dependencies)).toEqual([]);
    expect((json('package-lock.json') as { name: string }).name).toBe('playpath-session-panel');
  });

  test('was built by create-plugin', () => {
    expect(text('.config/webpack/webpack.config.ts')).toContain('@grafana/create-plugin');
    expect(bundle).toContain('[create-plugin] plugin: playpath-session-panel@');
  });
});

describe('plugin.json', () => {
  test('has an id, a name, a version and a type that agree', () => {
    expect(plugin.id).toMatch(/^[a-z0-9]+-[a-z0-9]+-panel$/);
    expect(plugin).toMatchObject({ type: 'panel', suggestions: true, info: { version: json('package.json').version } });
    expect(plugin.name).not.toBe(plugin.id);
    expect(plugin.info.updated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  // https://grafana.com/developers/plugin-tools/reference/plugin-json: what it requires, and no key it does not know.
  test.each(['dist/plugin.json', 'dist/datasource/plugin.json'])('%s has the shape Grafana documents', (path) => {
    const described = json(path);
    expect(described).toEqual({
      $schema: expect.stringMatching(/^https:\/\//),
      // Written by the build.
      buildMode: 'production',
      type: expect.stringMatching(/^(panel|datasource)$/),
      id: expect.stringMatching(/^[0-9a-z]+-([0-9a-z]+-)?(panel|datasource)$/),
      name: expect.stringMatching(/\S/),
      info: {
        keywords: expect.arrayContaining([expect.any(String)]),
        description: expect.any(String),
        author: { name: expect.any(String) },
        logos: { small: expect.any(String), large: expect.any(String) },
        links: expect.any(Array),
        screenshots: expect.any(Array),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        updated: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      },
      dependencies: { grafanaDependency: expect.stringMatching(/^[<>=^~]/), plugins: [] },
      ...(described.type === 'panel' ? { suggestions: true } : { metrics: true, category: expect.any(String) }),
    });
    expect(described.name).not.toBe(described.id);
  });

  test('describes itself in at most two sentences and some keywords', () => {
    expect(plugin.info.description.split(/\.(?:\s|$)/).filter(Boolean).length).toBeLessThanOrEqual(2);
    expect(plugin.info.keywords.length).toBeGreaterThanOrEqual(1);
    expect(plugin.info.keywords.length).toBeLessThanOrEqual(8);
  });

  test('names a range of Grafana, not a patch', () =>
    expect(plugin.dependencies.grafanaDependency).toMatch(/^>=\d+\.\d+\.0$/));

  test('shows pictures that are there and are what they say', () => {
    expect(plugin.info.screenshots.length).toBeGreaterThanOrEqual(1);
    for (const { path } of plugin.info.screenshots as Array<{ path: string }>) {
      expect(readFileSync(at('dist', path)).subarray(1, 4).toString()).toBe('PNG');
    }
  });

  test('has a plain SVG logo', () => {
    const { small, large } = plugin.info.logos;
    for (const logo of [small, large]) {
      expect(text('dist', logo)).toMatch(/^<svg/);
      expect(text('dist', logo)).not.toMatch(/<script|\son\w+=|href=|<foreignObject|<image/i);
    }
  });

  test('links with https', () =>
    expect((plugin.info.links as Array<{ url: string }>).filter(({ url }) => !url.startsWith('https://'))).toEqual([]));
});

describe('the documents', () => {
  test('are there', () => {
    expect(text('dist/LICENSE')).toContain('Apache License');
    expect(text('dist/CHANGELOG.md')).toMatch(/^## \[?0\.1\.0\]? \(\d{4}-\d{2}-\d{2}\)$/m);
    expect(text('dist/README.md').length).toBeGreaterThan(1500);
  });

  test('link to what is there, and elsewhere only with https', () => {
    const links = [...text('dist/README.md').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThanOrEqual(3);
    expect(links.filter((link) => !link.startsWith('https://') && !existsSync(at('dist', link)))).toEqual([]);
  });

  test('tell a user what to do, not a developer', () => {
    expect(text('dist/README.md')).not.toMatch(/\b(?:npm|yarn|pnpm|git clone|webpack)\b|This is a template|%VERSION%/);
  });
});

describe('the code', () => {
  test.each<[string, RegExp]>([
    ['reaches for the page around it', /\bwindow\.(?!clearTimeout|setTimeout)|\bdocument\.|globalThis/],
    ['asks the user with a box of the browser', /\b(?:alert|confirm|prompt)\(/],
    ['brings global styles', /import '[^']+\.(?:css|scss)'|injectGlobal|\bGlobal\b/],
    ['writes HTML by itself', /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML/],
    ['makes code from text', /\beval\(|new Function\(/],
    ['stores anything in the browser', /localStorage|sessionStorage|indexedDB|document\.cookie/],
    ['uses what React 19 dropped', /defaultProps|propTypes|findDOMNode|\bref="/],
    ['needs React 19', /\buse\(|useActionState|useOptimistic/],
    ['logs', /console\./],
    ['turns a checker off', /@ts-|eslint-(?:dis)able/],
    ['counts its users', /google-analytics|googletagmanager|segment\.(?:com|io)|mixpanel|hotjar|posthog|plausible/],
    ['leans on what Grafana drops', /gf-form|featureToggles\.topnav|\/api\/ds\/query/],
    ['reaches into React', /__SECRET_INTERNALS|__CLIENT_INTERNALS/],
    ['knows the collector', /from '[^']*collector/],
    ['fixes a colour', /fill(?:Style)? = ['"`]#|color: ['"`](?:#|rgb|white|black)/],
  ])('nowhere %s', (_, pattern) => expect(sources.filter((path) => pattern.test(text('src', path)))).toEqual([]));

  test('talks to nobody, but for the data source through Grafana', () => {
    const talks = sources.filter((path) =>
      /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|getBackendSrv|\/api\//.test(text('src', path))
    );
    expect(talks).toEqual(['datasource/PlaypathDataSource.ts']);
    expect(text('src', ...talks)).not.toMatch(/XMLHttpRequest|sendBeacon|WebSocket|EventSource|[^.]\bfetch\(/);
  });

  test('the model knows nothing of React, components or the screen', () => {
    const pure = sources.filter((path) => /^(frames|model|lanes)\//.test(path));
    const impure = pure.filter((path) =>
      /from '(?:react|@grafana\/ui|@emotion)|from '\.\.\/(?:chart|view)\//.test(text('src', path))
    );
    expect([pure.length > 20, impure]).toEqual([true, []]);
  });

  test('only the chart touches a canvas', () => {
    expect(sources.filter((path) => /getContext\(/.test(text('src', path)) && !path.startsWith('chart/'))).toEqual([]);
  });
});

describe('the data source inside', () => {
  const nested = json('dist/datasource/plugin.json');

  test('has an id and a type of its own, and the version of the panel it comes with', () => {
    expect(nested).toMatchObject({ id: 'playpath-datasource', type: 'datasource', metrics: true });
    expect(nested.info.version).toBe(plugin.info.version);
    expect(nested.dependencies.grafanaDependency).toBe(plugin.dependencies.grafanaDependency);
  });

  test('has its logo', () => expect(text('dist/datasource', nested.info.logos.small)).toMatch(/^<svg/));

  test('asks Grafana only for what Grafana shares', () => {
    const [, asked] = /define\((\[[^\]]*\])/.exec(text('dist/datasource/module.js'))!;
    const shared = ['@grafana/data', '@grafana/ui', '@grafana/runtime', 'module', 'react', 'rxjs'];
    expect((JSON.parse(asked!) as string[]).filter((name) => !shared.includes(name))).toEqual([]);
  });
});
