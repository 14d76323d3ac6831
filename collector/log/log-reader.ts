import type { Audience } from '../audience/audience.ts';
import type { LogConsumer } from '../bus/bus.ts';
import type { Metrics } from '../metrics/index.ts';
import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import type { Pipeline } from '../pipeline.ts';

/** Where in the log correlation is; one object, which the sessions it opens read. */
export type LogPosition = { offset: number };

/** Tells metrics and correlation what the log says. One event that meets a defect costs itself, now and in every replay. */
export class LogReader implements LogConsumer {
  readonly #position: LogPosition;
  readonly #metrics: Metrics;
  readonly #pipeline: Pipeline;
  readonly #audience: Audience;
  readonly #onDefect: (error: unknown) => void;

  constructor(
    position: LogPosition,
    metrics: Metrics,
    pipeline: Pipeline,
    audience: Audience,
    onDefect: (error: unknown) => void,
  ) {
    this.#position = position;
    this.#metrics = metrics;
    this.#pipeline = pipeline;
    this.#audience = audience;
    this.#onDefect = onDefect;
  }

  event(event: Event, nowMs: UnixMs, offset: number): void {
    this.#position.offset = offset;
    try {
      this.#metrics.receive(event.source);
      this.#pipeline.accept(event, nowMs);
    } catch (error) {
      this.#onDefect(error);
    }
  }

  tick(nowMs: UnixMs, offset: number): void {
    this.#position.offset = offset;
    try {
      this.#metrics.tick(nowMs);
      this.#pipeline.tick(nowMs);
      this.#audience.tick(nowMs);
    } catch (error) {
      this.#onDefect(error);
    }
  }
}
