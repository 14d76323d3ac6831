import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SourceConfig } from '../config/source-config.ts';
import type { Config } from '../config.ts';
import { FORMATS } from '../formats/index.ts';
import type { Event } from '../model/event.ts';
import { fileBlocks } from '../receivers/file-blocks.ts';
import { LineSplitter } from '../receivers/lines.ts';
import { type ReplayFile, readEvents } from '../replay/replay.ts';
import { CAPTURE, replayFile } from '../replay/replay-file.ts';
import { decoderOf, type Wiring, wiringOf } from '../wiring/source-wiring.ts';
import { DoctorFacts } from './doctor-facts.ts';
import { type Finding, finding } from './finding.ts';

const LOG_NAME = /\.(?:log|json|jsonl|ndjson|csv|tsv|txt)(?:\.\d+)?(?:\.gz)?$|\.gz$/i;
/** Formats that only make sense for what players send. */
const PLAYER_FORMATS: ReadonlySet<string> = new Set(['cmcd-event', 'abr-decision']);
/** Lines that are tried with every format, and how many of them have to fit. */
const TRIED = 50;
const FITTING = 0.6;
const LINE_BYTES = 1 << 20;

/** A folder as `--source` arguments: every file with the format that reads it best, its tier guessed by its name. */
export type Guess = { readonly sources: readonly string[]; readonly findings: readonly Finding[] };

export async function guessSources(
  folder: string,
  config: Config,
  sourceOf: (text: string) => SourceConfig,
): Promise<Guess> {
  const sources: string[] = [];
  const findings: Finding[] = [];
  const names = new Set<string>();
  for (const file of readdirSync(folder).toSorted()) {
    const path = join(folder, file);
    if (!LOG_NAME.test(file) || !statSync(path).isFile() || statSync(path).size === 0) continue;
    const format = await formatOf(path, config, sourceOf);
    if (format === '') {
      const fix = 'name its format with --source FILE=FORMAT:TIER:NAME, or leave it out of the folder';
      findings.push(finding('weak', 'unknown_format', file, 'is in no format that Playpath reads', fix));
      continue;
    }
    const isPlayer = format === CAPTURE || PLAYER_FORMATS.has(format);
    const tier = isPlayer ? 'player' : /origin/i.test(file) ? 'origin' : /shield/i.test(file) ? 'shield' : 'edge';
    const stem = basename(file).replace(/\..*$/, '');
    // The same lines in two formats lie side by side in some folders: one of them is enough.
    if (names.has(stem)) continue;
    names.add(stem);
    sources.push(`${path}=${format}:${tier}:${stem}`);
  }
  return { sources, findings };
}

/** Reads every file of the sources once and counts what it shows. */
export async function factsOfFiles(configured: readonly SourceConfig[], config: Config): Promise<DoctorFacts> {
  const facts = new DoctorFacts();
  const wiring = wiringOf(config, configured, 'doctor');
  for (const from of configured) {
    const own = facts.of(from.source);
    for (const path of from.paths) {
      const file = replayFile(path, from, config, wiring);
      const decode: ReplayFile['decode'] = (bytes, start, end, emit) => {
        if (from.source.format === CAPTURE && isPost(bytes, start, end)) own.posts++;
        return file.decode(bytes, start, end, emit);
      };
      const counts = await readEvents({ ...file, decode }, (event) => facts.add(event, from.source));
      own.lines += counts.lines;
      for (const [key, count] of counts.refused) {
        const reason = key.slice(key.lastIndexOf(' ') + 1);
        own.refused.set(reason, (own.refused.get(reason) ?? 0) + count);
      }
    }
  }
  return facts;
}

/** '' when no format reads most of the first lines. */
async function formatOf(path: string, config: Config, sourceOf: (text: string) => SourceConfig): Promise<string> {
  const lines = await firstLines(path);
  let best = '';
  let bestScore = FITTING;
  for (const format of [CAPTURE, ...FORMATS.keys()]) {
    const isPlayer = format === CAPTURE || PLAYER_FORMATS.has(format);
    const from = sourceOf(`${path}=${format}:${isPlayer ? 'player' : 'edge'}:guess`);
    const score = scoreOf(lines, from, config, wiringOf(config, [from], 'doctor'));
    if (score > bestScore) {
      best = format;
      bestScore = score;
    }
  }
  return best;
}

/** Share of the lines that became events, and a little for every field that was found. */
function scoreOf(lines: readonly Uint8Array[], from: SourceConfig, config: Config, wiring: Wiring): number {
  if (from.source.format === CAPTURE) return isCapture(lines) ? 2 : 0;
  const decoder = decoderOf(from, config, wiring.clients);
  const delivery = { source: from.source, receivedMs: Number.NaN };
  let read = 0;
  let skipped = 0;
  let fields = 0;
  for (const line of lines) {
    let isEvent = false;
    const emit = (event: Event): void => {
      isEvent = true;
      if (event.kind !== 'request') return;
      for (const value of [event.requestId, event.cacheStatus, event.host, event.pop]) if (value !== '') fields++;
      for (const value of [event.durationMs, event.ttfbMs, event.status]) if (value >= 0) fields++;
    };
    const decoded = decoder.decode(line, 0, line.length, delivery, emit);
    if (isEvent) read++;
    else if (decoded === 'skip') skipped++;
  }
  return read === 0 ? 0 : read / (lines.length - skipped) + fields / (100 * lines.length);
}

function isCapture(lines: readonly Uint8Array[]): boolean {
  const [first] = lines;
  return first !== undefined && /^\{"recv":\d/.test(Buffer.from(first).toString('latin1'));
}

/** Not a note of the rig that recorded it. */
function isPost(bytes: Uint8Array, start: number, end: number): boolean {
  return /"kind":"(?:v1\/\w+|cmcd|playpath|faro)"/.test(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
}

async function firstLines(path: string): Promise<readonly Uint8Array[]> {
  const lines: Uint8Array[] = [];
  const splitter = new LineSplitter(LINE_BYTES, {
    record: (bytes, start, end) => {
      lines.push(bytes.slice(start, end));
      return lines.length < TRIED;
    },
    refuse: () => {},
  });
  for await (const block of fileBlocks(path)) if (!splitter.write(block, 0, block.length)) break;
  return lines;
}
