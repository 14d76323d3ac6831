import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OtlpJsonRequest } from '../../../collector/exporters/otlp-json.ts';
import { runReplay } from '../../../collector/replay-command.ts';
import { recordingSources } from '../../support/replay-output.ts';
import { requestOf, spansOf } from './otlp-spans.ts';

/** Who is heard in a replay: all of the recording, or only one side of it. */
export type Heard = 'all' | 'player' | 'servers';

/** The trace of a recorded session, as the collector exports it with every request kept. The largest, if several. */
export async function recordedTrace(run: string, heard: Heard = 'all'): Promise<OtlpJsonRequest> {
  const out = mkdtempSync(join(tmpdir(), 'playpath-trace-'));
  const source = recordingSources(run).filter(
    (argument) => heard === 'all' || argument.endsWith(':player:player') === (heard === 'player'),
  );
  try {
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
