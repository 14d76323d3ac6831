import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PlaypathError } from '../../collector/errors.ts';
import type { FleetTruth } from './fleet-truth.ts';
import { LabPlayer, runLab } from './lab.ts';
import { LabFiles } from './lab-files.ts';
import { LivePoster } from './live-poster.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { labSources } from './sources.ts';

/** A fixed evening, so that the same command writes the same bytes. */
const DEFAULT_START = '2026-11-21T20:00:00Z';
const MINUTE_MS = 60_000;
const DRAIN_MS = 2 * MINUTE_MS;
const STEP_MS = 200;
/** Of a run with a given number of sessions: the part during which they come. */
const ARRIVING_SHARE = 0.8;

const OPTIONS = {
  scenario: { type: 'string', default: 'mixed' },
  seed: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '10' },
  sessions: { type: 'string', default: '0' },
  start: { type: 'string', default: DEFAULT_START },
  out: { type: 'string' },
  post: { type: 'string' },
  speed: { type: 'string', default: '1' },
  list: { type: 'boolean', default: false },
} as const;

/** `playpath lab`; see docs/lab.md. Throws a PlaypathError with a sentence for a person when an option makes no sense. */
export async function runLabCommand(
  args: readonly string[],
  print: (line: string) => void = console.log,
): Promise<void> {
  const values = optionsOf(args);
  if (values.list) {
    for (const { name, description } of SCENARIOS.values()) print(`${name.padEnd(16)} ${description}`);
    return;
  }
  const seed = numberOption('seed', values.seed, 0);
  const durationMs = numberOption('minutes', values.minutes, 0.01) * MINUTE_MS;
  const scenario = sized(scenarioNamed(values.scenario), numberOption('sessions', values.sessions, 0), durationMs);
  if (values.post !== undefined) {
    await postLive(scenario, seed, durationMs, values.post, numberOption('speed', values.speed, 0.01), print);
    return;
  }
  if (values.out === undefined)
    throw new PlaypathError('config_invalid', 'lab needs --out DIR or --post URL; --list names the scenarios');
  const startMs = Date.parse(values.start);
  if (Number.isNaN(startMs))
    throw new PlaypathError('config_invalid', `--start must be an ISO 8601 time, not ${JSON.stringify(values.start)}`);
  const files = new LabFiles(values.out, labSources(scenario));
  const fleet = runLab(scenario, { seed, startMs, durationMs, drainMs: DRAIN_MS, sink: files });
  files.close(fleet);
  printSummary(scenario, fleet, values.out, print);
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (cause) {
    throw new PlaypathError('config_invalid', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) {
    throw new PlaypathError(
      'config_invalid',
      `there is no scenario ${JSON.stringify(name)}; there are ${[...SCENARIOS.keys()].join(', ')}`,
    );
  }
  return scenario;
}

/** Exactly so many sessions, evenly over most of the run; 0 leaves the scenario's own arrivals. */
function sized(scenario: Scenario, sessions: number, durationMs: number): Scenario {
  if (sessions === 0) return scenario;
  const arrivals = {
    perMinute: 0,
    atStart: sessions,
    atStartMs: durationMs * ARRIVING_SHARE,
    dayShape: 0,
    maxSessions: sessions,
  };
  return { ...scenario, arrivals };
}

function numberOption(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!(value >= least))
    throw new PlaypathError(
      'config_invalid',
      `--${name} must be a number from ${least} on, not ${JSON.stringify(text)}`,
    );
  return value;
}

/** Plays a run against a collector: `speed` seconds of the run per second. */
async function postLive(
  scenario: Scenario,
  seed: number,
  durationMs: number,
  url: string,
  speed: number,
  print: (line: string) => void,
): Promise<void> {
  const startMs = Date.now();
  const player = new LabPlayer(scenario, seed, startMs);
  const poster = new LivePoster(url);
  for (;;) {
    const elapsedMs = Math.min((Date.now() - startMs) * speed, durationMs);
    await poster.send(player.next(startMs + elapsedMs));
    if (elapsedMs >= durationMs) break;
    await wait(STEP_MS);
  }
  await poster.close();
  const { posts, uploads, lines, refused, failed } = poster.counts;
  print(`${posts} posts and ${lines} lines in ${uploads} uploads; ${refused} refused, ${failed} did not get through`);
}

function printSummary(scenario: Scenario, fleet: FleetTruth, out: string, print: (line: string) => void): void {
  print(`${scenario.name}: ${fleet.sessionsStarted} sessions, seed ${fleet.seed}`);
  for (const [name, { delivered }] of Object.entries(fleet.sources)) print(`  ${name}: ${delivered} records`);
  print('read them with');
  const sources = labSources(scenario).map(
    ({ file, format, tier, name }) => `--source ${out}/${file}=${format}:${tier}:${name}`,
  );
  print(`  playpath replay ${sources.join(' ')} --out ${out}/replay`);
}
