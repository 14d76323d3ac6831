import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** What a `docs/generate-<name>.ts` exports as `page`, or several as `pages`: made from the code, never by hand. */
export type GeneratedPage = {
  /** Path from docs/. */
  readonly file: string;
  readonly text: () => string;
};

const FOLDER = dirname(fileURLToPath(import.meta.url));

/** Every page beside its generator, in the order of their names. */
export async function generatedPages(): Promise<readonly GeneratedPage[]> {
  const generators = readdirSync(FOLDER).filter((file) => /^generate-.+\.ts$/.test(file));
  const made = await Promise.all(
    generators.toSorted().map(async (generator) => {
      const module: unknown = await import(pathToFileURL(join(FOLDER, generator)).href);
      if (isGenerator(module)) return [module.page];
      if (isPagesGenerator(module)) return module.pages;
      throw new TypeError(`docs/${generator} exports no page`);
    }),
  );
  return made.flat();
}

/** Pages whose file says something else than the code does. */
export function stalePages(pages: readonly GeneratedPage[]): readonly GeneratedPage[] {
  return pages.filter(({ file, text }) => {
    const path = join(FOLDER, file);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text();
  });
}

function isGenerator(module: unknown): module is { readonly page: GeneratedPage } {
  return typeof module === 'object' && module !== null && 'page' in module;
}

function isPagesGenerator(module: unknown): module is { readonly pages: readonly GeneratedPage[] } {
  return typeof module === 'object' && module !== null && 'pages' in module;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const pages = await generatedPages();
  const stale = stalePages(pages);
  for (const page of stale) {
    if (!values.check) writeFileSync(join(FOLDER, page.file), page.text());
    console.log(
      `${normalize(join('docs', page.file))} ${values.check ? 'is out of date: run npm run docs' : 'written'}`,
    );
  }
  if (stale.length === 0) console.log(`${pages.length} generated pages are current`);
  if (values.check && stale.length > 0) process.exitCode = 1;
}
