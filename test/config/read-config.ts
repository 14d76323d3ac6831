import { ConfigError, type Problem } from '../../collector/config/problem.ts';
import { type Config, parseConfig } from '../../collector/config.ts';

export const FORMATS = new Map([
  ['nginx-json', { latenessMs: 300_000 }],
  ['cloudfront-standard', { latenessMs: 86_400_000 }],
]);

type Environment = Readonly<Record<string, string>>;

export function readConfig(text: string, environment: Environment = {}): Config {
  return parseConfig(text, { formats: FORMATS, environment, origin: 'playpath.yaml', folder: '/etc/playpath' });
}

/** The problems of a configuration that must be refused. */
export function problemsOf(text: string, environment: Environment = {}): readonly Problem[] {
  try {
    readConfig(text, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}
