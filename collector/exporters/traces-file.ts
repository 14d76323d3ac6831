import type { Span } from '../model/span.ts';
import { JsonBatch } from './otlp-json.ts';
import { OutputFile } from './output-file.ts';

/** Spans in one line: an `ExportTraceServiceRequest` a reader can hold. */
const LINE_SPANS = 1000;

/**
 * Spans in the OTLP file-exporter form, one OTLP/JSON `ExportTraceServiceRequest` a line, in the order they are added.
 * Nothing is kept but the line being filled.
 */
export class TracesFile {
  readonly #file: OutputFile;
  readonly #batch: JsonBatch;

  constructor(path: string, version: string) {
    this.#file = new OutputFile(path);
    this.#batch = new JsonBatch(version);
  }

  add(span: Span): void {
    this.#batch.add(span);
    if (this.#batch.spans >= LINE_SPANS) this.#file.writeLine(this.#batch.take());
  }

  commit(): void {
    if (this.#batch.spans > 0) this.#file.writeLine(this.#batch.take());
    this.#file.commit();
  }

  close(): void {
    this.#file.close();
  }
}
