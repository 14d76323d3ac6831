import { environmentValue, loadConfig, replaySources } from '../config.ts';
import { PlaypathError } from '../errors.ts';
import { FORMATS } from '../formats/index.ts';
import { expandPatterns } from '../receivers/log-paths.ts';
import { CAPTURE } from '../replay/replay-file.ts';
import { type Finding, inOrder } from './finding.ts';
import { findingsOf } from './findings.ts';
import { liveFindings } from './live-findings.ts';
import { factsOfFiles, guessSources } from './log-files.ts';

export type DoctorOptions = {
  /** A folder of logs. */
  readonly folder?: string;
  readonly source?: readonly string[];
  readonly config?: string;
  /** Metrics page of a collector that runs. */
  readonly url?: string;
  /** The variable with the token it asks for. */
  readonly tokenEnv?: string;
  readonly print: (line: string) => void;
};

/** A capture's records come when they come. */
const CAPTURE_LATENESS_MS = 30_000;
const MARKS = { broken: 'BROKEN', weak: 'weak  ', fine: 'fine  ' } as const;

/**
 * `doctor`: says in plain words what stops good correlation, and what to do. Reads the metrics of a running collector,
 * or log files: named ones, configured ones, or a folder of whatever there is. Returns what it found, worst first.
 */
export async function runDoctor(options: DoctorOptions): Promise<readonly Finding[]> {
  const { url, tokenEnv } = options;
  const token = tokenEnv === undefined ? '' : environmentValue(tokenEnv);
  const found = url === undefined ? await fileFindings(options) : await liveFindings(url, token);
  for (const { level, source, says, fix } of found) {
    options.print(`${MARKS[level]}  ${source === '' ? '' : `${source}: `}${says}`);
    if (fix !== '') options.print(`        → ${fix}`);
  }
  const broken = found.filter(({ level }) => level === 'broken').length;
  const weak = found.filter(({ level }) => level === 'weak').length;
  options.print(`${broken} broken, ${weak} weak`);
  return found;
}

async function fileFindings({ folder, source, config: file, print }: DoctorOptions): Promise<readonly Finding[]> {
  const formats = new Map<string, { readonly latenessMs: number }>([
    ...FORMATS,
    [CAPTURE, { latenessMs: CAPTURE_LATENESS_MS }],
  ]);
  const config = loadConfig({ formats, ...(file === undefined ? {} : { file }) });
  const named = source ?? [];
  const sourceOf = (text: string) => {
    const [from] = replaySources([text], { formats });
    if (from === undefined) throw new PlaypathError('config_invalid', `${text} is no source`);
    return from;
  };
  const guess = folder === undefined ? { sources: [], findings: [] } : await guessSources(folder, config, sourceOf);
  for (const text of guess.sources) print(`reads   ${text}`);
  const texts = [...named, ...guess.sources];
  const configured = texts.length > 0 ? replaySources(texts, { formats }) : folder === undefined ? config.sources : [];
  if (configured.length === 0 && guess.findings.length === 0) {
    throw new PlaypathError(
      'config_invalid',
      'doctor needs a folder of logs, --source FILE=FORMAT:TIER:NAME, a --config with sources, or --url of a metrics page',
    );
  }
  const opened = await Promise.all(
    configured.map(async (from) => ({ ...from, paths: (await expandPatterns(from.paths)).toSorted() })),
  );
  return inOrder([...guess.findings, ...findingsOf(await factsOfFiles(opened, config))].filter(isTelling));
}

/** That nothing is wrong is only said when nothing is. */
function isTelling({ id }: Finding): boolean {
  return id !== 'nothing';
}
