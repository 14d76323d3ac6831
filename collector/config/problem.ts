import { PlaypathError } from '../errors.ts';

/** One mistake in the configuration. */
export type Problem = {
  /** As a person would look for it: `sources[2].tier`, `PLAYPATH_API_PORT`, `--source`. '' is the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** 1-based; 0 when the value is not in the file. */
  readonly line: number;
  readonly column: number;
};

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends PlaypathError {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  /** `origin` is the file's name, or what else was read. */
  constructor(origin: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super('config_invalid', [`${origin}: ${count}`, ...sorted.map((problem) => describe(origin, problem))].join('\n'));
    this.problems = sorted;
  }
}

function describe(origin: string, { path, message, line, column }: Problem): string {
  const place = line > 0 ? `${origin}:${line}:${column}: ` : '';
  return `  ${place}${path}${path === '' ? '' : ' '}${message}`;
}

/** `['sources', 2, 'tier']` → `sources[2].tier`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
