import type { BigIntStats } from 'node:fs';
import { PlaypathError } from '../errors.ts';
import { beginsWith, fileKey, fingerprintOf, readHead } from './file-identity.ts';
import { FileTail, type TailContext } from './file-tail.ts';
import type { Ingest } from './ingest.ts';
import { expandPatterns, MovedFiles, statOf } from './log-paths.ts';
import { formerOf, Positions } from './positions.ts';
import type { LineSource } from './sources.ts';

/** Runs something once after a while; returns how to call it off. Tests run it by hand. */
export type Schedule = (run: () => void, afterMs: number) => () => void;

export type FollowedSource = {
  readonly from: LineSource;
  /** Paths, with `*` and `**`. */
  readonly patterns: readonly string[];
};

export type FileOptions = {
  readonly ingest: Ingest;
  readonly sources: readonly FollowedSource[];
  /** Where reading positions are kept. */
  readonly positionsPath: string;
  readonly lineLimitBytes: number;
  readonly pollMs: number;
  readonly schedule: Schedule;
  /** Told once per path, and again after it recovered and failed anew. */
  readonly onTrouble: (error: PlaypathError) => void;
};

const BLOCK_BYTES = 1 << 20;
const TURN_BYTES = 64 << 20;
/** A log that was renamed is still written to until its writer reopens it. */
const ROTATED_GRACE_MS = 10_000;
/** A file that nobody writes to needs no open handle. */
const IDLE_MS = 60_000;

type Found = { readonly from: LineSource; readonly path: string; readonly stats: BigIntStats };

/** Follows log files: growing, rotated by rename or copytruncate, finished, compressed. */
export class FileReceiver {
  readonly #options: FileOptions;
  readonly #context: TailContext;
  /** By source name and file key. */
  readonly #tails = new Map<string, FileTail>();
  readonly #troubled = new Set<string>();
  #positions: Positions | null = null;
  #hasResumed = false;
  #cancel: () => void = () => {};
  #polling: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: FileOptions) {
    this.#options = options;
    const { ingest, lineLimitBytes } = options;
    this.#context = { ingest, lineLimitBytes, buffer: Buffer.allocUnsafe(BLOCK_BYTES), turnBytes: TURN_BYTES };
  }

  /** Files being followed. */
  get followed(): number {
    return this.#tails.size;
  }

  /** Gzip files that ended early when they were read last. */
  get incomplete(): number {
    return [...this.#tails.values()].filter((tail) => tail.isIncomplete).length;
  }

  /** Unread bytes by source, for telemetry. */
  lagBytes(): ReadonlyMap<string, number> {
    const lag = new Map<string, number>();
    for (const { from, lagBytes } of this.#tails.values()) {
      lag.set(from.source.name, (lag.get(from.source.name) ?? 0) + lagBytes);
    }
    return lag;
  }

  /** Throws `positions_unreadable`. */
  async start(): Promise<void> {
    this.#positions = await Positions.open(this.#options.positionsPath);
    this.#next(0);
  }

  /** Looks at every file once, stores what is new, saves how far it got. True when there is more to read at once. */
  poll(): Promise<boolean> {
    const polled = this.#polling.then(() => this.#poll());
    this.#polling = polled.catch(() => {});
    return polled;
  }

  /** Stops following. Positions are saved as of the last poll. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#polling;
    for (const tail of this.#tails.values()) await tail.close();
  }

  #next(afterMs: number): void {
    if (this.#isClosed) return;
    this.#cancel = this.#options.schedule(() => {
      this.poll().then(
        (hasMore) => this.#next(hasMore ? 0 : this.#options.pollMs),
        (error) => {
          this.#trouble(this.#options.positionsPath, error);
          this.#next(this.#options.pollMs);
        },
      );
    }, afterMs);
  }

  async #poll(): Promise<boolean> {
    this.#positions ??= await Positions.open(this.#options.positionsPath);
    const positions = this.#positions;
    const hasMore = await this.#readAll(positions);
    const { ingest, positionsPath } = this.#options;
    if ((await ingest.flush()) === 'full') {
      // What was read may not be safe: forget how far, and read on from what was saved.
      for (const tail of this.#tails.values()) await tail.close();
      this.#tails.clear();
      this.#positions = null;
      this.#hasResumed = false;
      return false;
    }
    await this.#attempt(positionsPath, () => positions.save(ingest.now()));
    return hasMore;
  }

  /** True when a file has more than its turn allowed. Ends early when the bus is full. */
  async #readAll(positions: Positions): Promise<boolean> {
    const found = await this.#find();
    if (!this.#hasResumed) await this.#resumeMoved(found, positions);
    this.#hasResumed = true;
    const moved = new MovedFiles();
    let hasMore = false;
    // Known files first, under whatever name: what a copy repeats is then known before the copy is met.
    for (const [id, tail] of [...this.#tails]) {
      const file = found.get(id);
      const progress = await this.#attempt(file?.path ?? tail.path, () => {
        if (file === undefined) return this.#readRotated(id, tail, moved, positions);
        tail.path = file.path;
        return this.#read(tail, file.stats, positions);
      });
      if (progress === 'full') return false;
      hasMore ||= progress === 'more';
    }
    for (const [id, file] of found) {
      if (this.#tails.has(id)) continue;
      const progress = await this.#attempt(file.path, async () =>
        this.#read(await this.#follow(id, file, positions), file.stats, positions),
      );
      if (progress === 'full') return false;
      hasMore ||= progress === 'more';
    }
    return hasMore;
  }

  async #find(): Promise<ReadonlyMap<string, Found>> {
    const found = new Map<string, Found>();
    for (const { from, patterns } of this.#options.sources) {
      for (const path of await expandPatterns(patterns)) {
        const stats = await this.#attempt(path, () => statOf(path));
        if (stats?.isFile()) found.set(`${from.source.name} ${fileKey(stats)}`, { from, path, stats });
      }
    }
    return found;
  }

  async #follow(id: string, { from, path, stats }: Found, positions: Positions): Promise<FileTail> {
    const head = await readHead(path);
    const key = fileKey(stats);
    const own = positions.find(from.source.name, key);
    const isOwn = own !== null && beginsWith(head, own.fingerprint);
    // Inodes are used again: what its former owner's position says may still be needed for a copy of it.
    if (own !== null && !isOwn) positions.set(formerOf(own));
    const position = isOwn ? own : positions.findCopy(from.source.name, fingerprintOf(head));
    const tail = new FileTail(from, key, path, head, position, this.#context);
    this.#tails.set(id, tail);
    return tail;
  }

  async #read(tail: FileTail, stats: BigIntStats, positions: Positions): Promise<'end' | 'more' | 'full'> {
    const nowMs = this.#options.ingest.now();
    const progress = await tail.read(stats, nowMs);
    const former = tail.takeFormer();
    if (former !== null) positions.set(formerOf(former));
    positions.set(tail.position(nowMs));
    if (progress === 'end' && nowMs - tail.changedMs > IDLE_MS) await tail.close();
    return progress;
  }

  /** A file no pattern finds any more: read on through its open handle, or found again by its inode. */
  async #readRotated(
    id: string,
    tail: FileTail,
    moved: MovedFiles,
    positions: Positions,
  ): Promise<'end' | 'more' | 'full'> {
    const nowMs = this.#options.ingest.now();
    if (!tail.isOpen) {
      const path = await moved.find(tail.path, tail.key);
      if (path === null) {
        this.#tails.delete(id);
        return 'end';
      }
      tail.path = path;
    }
    const stats = await tail.stat();
    const progress = await this.#read(tail, stats, positions);
    if (progress !== 'end' || nowMs - tail.changedMs < ROTATED_GRACE_MS) return progress;
    if ((await tail.finish(nowMs)) !== 'end') return 'full';
    positions.set(tail.position(nowMs));
    await tail.close();
    this.#tails.delete(id);
    return 'end';
  }

  /** After a restart: files that were rotated while nobody looked, and were not read to their end. */
  async #resumeMoved(found: ReadonlyMap<string, Found>, positions: Positions): Promise<void> {
    const moved = new MovedFiles();
    for (const position of [...positions.all()]) {
      const from = this.#options.sources.find((source) => source.from.source.name === position.source)?.from;
      const id = `${position.source} ${position.key}`;
      if (from === undefined || found.has(id)) continue;
      const path = await moved.find(position.path, position.key);
      const stats = path === null ? null : await this.#attempt(path, () => statOf(path));
      if (path === null || stats === null || stats === undefined) continue;
      await this.#attempt(path, () => this.#follow(id, { from, path, stats }, positions));
    }
  }

  /** Trouble with one path is told once and does not keep the others waiting. */
  async #attempt<T>(path: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await act();
      this.#troubled.delete(path);
      return result;
    } catch (error) {
      this.#trouble(path, error);
      return undefined;
    }
  }

  #trouble(path: string, cause: unknown): void {
    if (this.#troubled.has(path)) return;
    this.#troubled.add(path);
    const isNamed = cause instanceof PlaypathError;
    this.#options.onTrouble(isNamed ? cause : new PlaypathError('log_unreadable', `${path} cannot be read`, { cause }));
  }
}
