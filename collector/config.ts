import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readDocument } from './config/document.ts';
import { type Environment, FILE_VARIABLE, overridesFrom, withOverrides } from './config/environment.ts';
import { issuesAsProblems } from './config/issues.ts';
import { ConfigError, type Problem, pathText } from './config/problem.ts';
import { conflictsIn } from './config/rules.ts';
import { type ConfigValues, configSchema, type SchemaContext } from './config/schema.ts';
import { settingsOf } from './config/settings-of.ts';
import { parseSourceArguments } from './config/source-argument.ts';
import { type SourceConfig, sourceConfig } from './config/source-config.ts';
import { PlaypathError } from './errors.ts';

/** Checked, complete, frozen. Durations end in `Ms`, sizes in `Bytes`; what was left out is '' , [], NaN or null. */
export type Config = Omit<ConfigValues, 'sources'> & { readonly sources: readonly SourceConfig[] };

export type ConfigInput = {
  /** The wire formats that exist and how late they are, by name: the registry of formats/index.ts. */
  readonly formats: ReadonlyMap<string, { readonly latenessMs: number }>;
  /** Overrides; the process environment when left out. */
  readonly environment?: Environment;
};

/** The configuration file in force: `file`, else what PLAYPATH_CONFIG names, else ''. */
export function configFile(file: string, environment: Environment = process.env): string {
  return file || (environment[FILE_VARIABLE] ?? '');
}

/** A secret that the command line names by its variable. */
export function environmentValue(variable: string, environment: Environment = process.env): string {
  const value = environment[variable] ?? '';
  if (value === '') throw new PlaypathError('config_invalid', `The variable ${variable} is not set`);
  return value;
}

/**
 * Reads `file`, else what PLAYPATH_CONFIG names, else nothing but defaults and environment.
 * @throws ConfigError with every problem, PlaypathError `config_unreadable`
 */
export function loadConfig(input: ConfigInput & { readonly file?: string }): Config {
  const environment = input.environment ?? process.env;
  const file = input.file ?? environment[FILE_VARIABLE] ?? '';
  if (file === '') return parseConfig('', { ...input, environment, origin: 'configuration', folder: process.cwd() });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PlaypathError('config_unreadable', `${file} cannot be read: ${reason(error)}`, { cause: error });
  }
  return parseConfig(text, { ...input, environment, origin: file, folder: dirname(resolve(file)) });
}

/** `origin` stands before line numbers; relative paths in the text start at `folder`. */
export function parseConfig(
  text: string,
  input: ConfigInput & { readonly origin: string; readonly folder: string },
): Config {
  const environment = input.environment ?? process.env;
  const context = contextOf(input, environment);
  const document = readDocument(text);
  if (document.tree === undefined && document.problems.length > 0)
    throw new ConfigError(input.origin, document.problems);
  const schema = configSchema(context);
  const settings = [...settingsOf(schema)];
  const { overrides, unknown } = overridesFrom(environment, settings, document.tree);
  const tree = withOverrides(document.tree ?? {}, overrides);

  const variables = new Map(overrides.map(({ path, variable }) => [pathText(path), variable]));
  const problemAt = (path: readonly PropertyKey[], message: string, atKey = false): Problem => {
    const variable = variables.get(pathText(path));
    if (variable !== undefined) return { path: variable, message, line: 0, column: 0 };
    return { path: pathText(path), message, ...document.locate(path, atKey) };
  };
  const problems: Problem[] = [
    ...document.problems,
    ...unknown.map(({ variable, hint }) => ({
      path: variable,
      message: `is not a setting.${hint}`,
      line: 0,
      column: 0,
    })),
    ...conflictsIn(tree).map(({ path, message }) => problemAt(path, message)),
  ];
  const parsed = schema.safeParse(tree);
  if (!parsed.success) problems.push(...issuesAsProblems(parsed.error.issues, settings, problemAt));
  if (!parsed.success || problems.length > 0) throw new ConfigError(input.origin, problems);

  const { sources, deadLetter, store, ...rest } = parsed.data;
  return freeze({
    ...rest,
    deadLetter: { ...deadLetter, path: deadLetter.path || join(rest.dataDir, 'dead-letter.ndjson') },
    store: { ...store, path: store.path || join(rest.dataDir, 'store') },
    sources: sources.map((settings, index) => sourceConfig(settings, index, context)),
  });
}

/** The `--source FILE=FORMAT:TIER:NAME` arguments of replay; paths start at the working directory. */
export function replaySources(texts: readonly string[], { formats }: ConfigInput): readonly SourceConfig[] {
  return freeze(parseSourceArguments(texts, contextOf({ formats, folder: process.cwd() }, {})));
}

function contextOf(input: ConfigInput & { readonly folder: string }, environment: Environment): SchemaContext {
  const resolvePath = (path: string) => resolve(input.folder, path);
  const resolveSecret = (reference: string): string => {
    if (reference.startsWith('env:')) {
      const value = environment[reference.slice(4)];
      if (value === undefined) throw new Error(`names the variable ${reference.slice(4)}, which is not set`);
      return value;
    }
    if (!reference.startsWith('file:')) return reference;
    try {
      return readFileSync(resolvePath(reference.slice(5)), 'utf8').trimEnd();
    } catch (error) {
      throw new Error(`names the file ${reference.slice(5)}, which cannot be read: ${reason(error)}`);
    }
  };
  return { formats: input.formats, resolvePath, resolveSecret };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^(\w+): .*/, '$1') : String(error);
}
