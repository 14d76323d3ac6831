import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReplay } from '../../../collector/commands/replay-command.ts';
import type { OtlpJsonRequest } from '../../../collector/exporters/otlp-json.ts';
import { recordingSources } from '../../support/replay-output.ts';
import { requestOf, spansOf } from './otlp-spans.ts';

/** Who is heard in a replay: all of the recording, or only one side of it. */
export type Heard = 'all' | 'player' | 'servers';

/**
 * The trace of a recorded session, as the collector exports it with every request kept. The largest, if several.
 * `playerAheadMs` replays it as if the player's clock had been wrong.
 */
export async function recordedTrace(run: string, heard: Heard = 'all', playerAheadMs = 0): Promise<OtlpJsonRequest> {
  const out = mkdtempSync(join(tmpdir(), 'playpath-trace-'));
  try {
    const source = recordingSources(run)
      .filter((argument) => heard === 'all' || isPlayer(argument) === (heard === 'player'))
      .map((argument) => (isPlayer(argument) ? withPlayerClock(argument, playerAheadMs, out) : argument));
    await runReplay({ source, detail: 'full', out, version: '0.0.0', print: () => {} });
    const lines = readFileSync(join(out, 'traces.otlp.jsonl'), 'utf8').split('\n').filter(Boolean);
    const traces = Map.groupBy(
      lines.flatMap((line) => spansOf(JSON.parse(line) as OtlpJsonRequest)),
      ({ span }) => span.traceId,
    );
    const [largest] = [...traces.values()].toSorted((a, b) => b.length - a.length);
    if (largest === undefined) throw new Error(`${run} has no trace`);
    return requestOf(largest);
  } finally {
    rmSync(out, { recursive: true });
  }
}

function isPlayer(argument: string): boolean {
  return argument.endsWith(':player:player');
}

/** A source like that one, in `folder`, whose player stamped every message with a clock that was ahead. */
function withPlayerClock(argument: string, aheadMs: number, folder: string): string {
  const [path = '', format] = argument.split('=');
  const altered = join(folder, 'player.ndjson');
  const shifted = (_: string, time: string): string => `ts=${Number(time) + aheadMs}`;
  writeFileSync(altered, readFileSync(path, 'utf8').replace(/\bts=(\d{13})/g, shifted));
  return `${altered}=${format}`;
}
