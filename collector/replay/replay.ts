import type { Decoded } from '../formats/format.ts';
import { cloneEvent } from '../model/clone-report.ts';
import type { Event } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { isTimely } from '../model/timely.ts';
import type { Pipeline } from '../pipeline.ts';
import { fileBlocks } from '../receivers/file-blocks.ts';
import { LineSplitter } from '../receivers/lines.ts';
import { FileClock } from './file-clock.ts';

const LINE_BYTES = 1 << 20;
/** The clock of a replay ticks with its records; finer than the correlator's own second is no use. */
const TICK_MS = 1_000;

/** One finished file and what reads its lines. */
export type ReplayFile = {
  readonly path: string;
  readonly source: Source;
  /** Decodes one line and gives each event with the time it would have arrived. */
  readonly decode: (
    bytes: Uint8Array,
    start: number,
    end: number,
    emit: (event: Event, arrivedMs: UnixMs) => void,
  ) => Decoded;
};

/** What a replay read; by source, what it refused and why, and records of a time far off the others'. */
export type ReplayCounts = {
  lines: number;
  events: number;
  readonly refused: Map<string, number>;
  readonly suspect: Map<string, number>;
};

/**
 * Runs the pipeline over finished files with record time as the clock. Several files are merged by the time their
 * records would have arrived, so neither their order nor their number changes the result. `room` is waited for now and
 * then: it resolves when whoever takes the results can take more.
 */
export async function replay(
  files: readonly ReplayFile[],
  pipeline: Pipeline,
  room: () => Promise<void>,
): Promise<ReplayCounts> {
  const counts = nothingRead();
  const clock = new RecordClock(pipeline, counts);
  const [only] = files;
  if (files.length === 1 && only) {
    // Nothing to merge: events go straight from the decoder's own instance into the pipeline.
    for await (const _ of readFile(only, counts, (event, arrivedMs) => clock.accept(event, arrivedMs))) await room();
  } else
    await merge(
      files.toSorted(byIdentity).map((file) => new FileStream(file, counts)),
      clock,
      room,
    );
  for (const _ of pipeline.drain('shutdown', clock.nowMs)) await room();
  return counts;
}

/** Decodes one finished file from beginning to end; an event is valid during the call only. */
export async function readEvents(
  file: ReplayFile,
  emit: (event: Event, arrivedMs: UnixMs) => void,
): Promise<ReplayCounts> {
  const counts = nothingRead();
  for await (const _ of readFile(file, counts, emit));
  return counts;
}

class RecordClock {
  nowMs: UnixMs = Number.NEGATIVE_INFINITY;
  #tickedMs: UnixMs = Number.NEGATIVE_INFINITY;
  readonly #pipeline: Pipeline;
  readonly #counts: ReplayCounts;

  constructor(pipeline: Pipeline, counts: ReplayCounts) {
    this.#pipeline = pipeline;
    this.#counts = counts;
  }

  /** Time never runs backwards: a record that is late arrives now. */
  accept(event: Event, arrivedMs: UnixMs): void {
    if (arrivedMs > this.nowMs) {
      this.nowMs = arrivedMs;
      if (arrivedMs - this.#tickedMs >= TICK_MS) {
        this.#tickedMs = arrivedMs;
        this.#pipeline.tick(arrivedMs);
      }
    }
    const { name } = event.source;
    if (!isTimely(event, this.nowMs)) this.#counts.suspect.set(name, (this.#counts.suspect.get(name) ?? 0) + 1);
    this.#pipeline.accept(event, this.nowMs);
  }
}

function nothingRead(): ReplayCounts {
  return { lines: 0, events: 0, refused: new Map(), suspect: new Map() };
}

async function merge(streams: readonly FileStream[], clock: RecordClock, room: () => Promise<void>): Promise<void> {
  for (;;) {
    let first: FileStream | null = null;
    for (const stream of streams) {
      if (!stream.hasNext) {
        await room();
        if (!(await stream.fill())) continue;
      }
      if (!first || stream.nextMs < first.nextMs) first = stream;
    }
    if (!first) return;
    const { nextMs } = first;
    clock.accept(first.take(), nextMs);
  }
}

/** The events of one file, a block at a time, in the order they would have arrived. */
class FileStream {
  readonly #blocks: AsyncGenerator<void>;
  readonly #events: Event[] = [];
  readonly #times: UnixMs[] = [];
  #at = 0;

  constructor(file: ReplayFile, counts: ReplayCounts) {
    this.#blocks = readFile(file, counts, (event, arrivedMs) => {
      this.#events.push(cloneEvent(event));
      this.#times.push(arrivedMs);
    });
  }

  get hasNext(): boolean {
    return this.#at < this.#events.length;
  }

  /** Arrival of the next event; call only when there is one. */
  get nextMs(): UnixMs {
    return this.#times[this.#at] as UnixMs;
  }

  /** False at the end of the file. */
  async fill(): Promise<boolean> {
    this.#events.length = 0;
    this.#times.length = 0;
    this.#at = 0;
    while (!this.hasNext) if ((await this.#blocks.next()).done) return false;
    return true;
  }

  take(): Event {
    return this.#events[this.#at++] as Event;
  }
}

async function* readFile(
  file: ReplayFile,
  counts: ReplayCounts,
  emit: (event: Event, arrivedMs: UnixMs) => void,
): AsyncGenerator<void> {
  const clock = new FileClock(emit);
  const counted = (event: Event, arrivedMs: UnixMs): void => {
    counts.events++;
    clock.add(event, arrivedMs);
  };
  const splitter = new LineSplitter(LINE_BYTES, {
    record: (bytes, start, end) => {
      counts.lines++;
      const decoded = file.decode(bytes, start, end, counted);
      if (decoded !== '' && decoded !== 'skip') refuse(counts, file.source, decoded);
      return true;
    },
    refuse: (reason) => refuse(counts, file.source, reason),
  });
  try {
    for await (const block of fileBlocks(file.path)) {
      splitter.write(block, 0, block.length);
      yield;
    }
  } catch (error) {
    if (!isCutShort(error)) throw error;
    // A log that is still being uploaded: what it holds so far is good.
    refuse(counts, file.source, 'gzip ends early');
  }
  splitter.end();
  clock.end();
  yield;
}

function isCutShort(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
}

function refuse(counts: ReplayCounts, source: Source, reason: string): void {
  const key = `${source.name}: ${reason}`;
  counts.refused.set(key, (counts.refused.get(key) ?? 0) + 1);
}

function byIdentity(a: ReplayFile, b: ReplayFile): number {
  return a.source.name < b.source.name ? -1 : a.source.name > b.source.name ? 1 : a.path < b.path ? -1 : 1;
}
