import { TIERS } from '../model/source.ts';
import { checkFormat, checkName } from './check.ts';
import { didYouMean } from './did-you-mean.ts';
import { ConfigError, type Problem } from './problem.ts';
import type { SchemaContext } from './schema.ts';
import { type SourceConfig, sourceConfig } from './source-config.ts';

const SHAPE = 'must look like FILE=FORMAT:TIER:NAME, for example edge-a.json=nginx-json:edge:edge-a';

/**
 * The `--source` arguments of `replay`. All of them are checked before the first is refused, and they come back in an
 * order of their own, so that the order they were written in changes nothing.
 * @throws ConfigError
 */
export function parseSourceArguments(texts: readonly string[], context: SchemaContext): readonly SourceConfig[] {
  const problems: Problem[] = [];
  const sources = texts.toSorted().map((text, index) => {
    const { file, format, tier, name } = split(text);
    const complain = (message: string) => problems.push({ path: `--source ${text}`, message, line: 0, column: 0 });
    if (file === '' || name === undefined) {
      complain(SHAPE);
      return undefined;
    }
    const known = TIERS.find((candidate) => candidate === tier);
    if (known === undefined) complain(`tier must be one of ${TIERS.join(', ')}.${didYouMean(tier, TIERS)}`);
    const formatProblem = checkFormat(format, context.formats.keys());
    if (formatProblem !== '') complain(`format "${format}" ${formatProblem}`);
    const nameProblem = checkName(name);
    if (nameProblem !== '') complain(`name ${nameProblem}`);
    const fixed = { tenant: 'default', timeZone: 'UTC', latenessMs: Number.NaN, sampleRate: 1, sessionPattern: '' };
    const settings = {
      name,
      format,
      tier: known ?? 'edge',
      cdn: '',
      origin: '',
      path: [file],
      fields: [],
      otlpNames: [],
    };
    return sourceConfig({ ...fixed, ...settings, secret: null, auth: null }, index, context);
  });
  if (problems.length > 0) throw new ConfigError('replay', problems);
  return sources.filter((source) => source !== undefined);
}

/** The last `=` splits, because a file name may hold one and a format cannot. */
function split(text: string): { file: string; format: string; tier: string; name: string | undefined } {
  const at = text.lastIndexOf('=');
  const [format = '', tier = '', name, ...rest] = text.slice(at + 1).split(':');
  return { file: at === -1 ? '' : text.slice(0, at), format, tier, name: rest.length > 0 ? undefined : name };
}
