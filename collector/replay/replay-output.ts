import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OutputFile } from '../exporters/output-file.ts';
import { sessionToJson } from '../exporters/session-json.ts';
import { TracesFile } from '../exporters/traces-file.ts';
import type { Incident } from '../model/incident.ts';
import type { SessionSummary } from '../model/session.ts';
import type { Span } from '../model/span.ts';
import type { SpanOutlet } from '../wiring/span-outlet.ts';
import type { ReplayReport } from './replay-report.ts';

export type ReplayOutputOptions = {
  /** Folder of the files; made when it is not there. */
  readonly out: string;
  readonly version: string;
  readonly hasTracesFile: boolean;
  /** Where spans are sent, null for nowhere. */
  readonly outlet: SpanOutlet | null;
  readonly report: ReplayReport;
};

/**
 * Where a replay leaves what it finds, as it finds it: nothing is kept, however long the logs are. The order is that
 * of the records, which is the same in every run.
 */
export class ReplayOutput {
  readonly #out: string;
  readonly #outlet: SpanOutlet | null;
  readonly #traces: TracesFile | null;
  readonly #sessions: OutputFile;
  readonly #report: ReplayReport;

  constructor({ out, version, hasTracesFile, outlet, report }: ReplayOutputOptions) {
    mkdirSync(out, { recursive: true });
    this.#out = out;
    this.#outlet = outlet;
    this.#traces = hasTracesFile ? new TracesFile(join(out, 'traces.otlp.jsonl'), version) : null;
    this.#sessions = new OutputFile(join(out, 'sessions.jsonl'));
    this.#report = report;
  }

  span(span: Span): void {
    this.#traces?.add(span);
    this.#outlet?.add(span);
  }

  session(summary: SessionSummary, incidents: readonly Incident[]): void {
    const session = sessionToJson(summary, incidents);
    this.#sessions.writeLine(JSON.stringify(session));
    this.#report.add(session);
  }

  /** Resolves when the backend has room for more spans; correlation itself never waits. */
  async room(): Promise<void> {
    if (this.#outlet?.isFull) await this.#outlet.room();
  }

  /** Delivers what is on its way, and gives the files their names. `metrics`: in Prometheus text. */
  async finish(metrics: string): Promise<void> {
    await this.#outlet?.flush();
    const prom = new OutputFile(join(this.#out, 'metrics.prom'));
    prom.write(metrics);
    prom.commit();
    this.#traces?.commit();
    this.#sessions.commit();
  }

  /** Files that are not finished keep the names of parts. */
  async close(): Promise<void> {
    this.#traces?.close();
    this.#sessions.close();
    await this.#outlet?.close();
  }
}
