import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AudienceRecord } from '../audience/audience.ts';
import type { Bus } from '../bus/bus.ts';
import { claimFolder } from '../bus/folder-claim.ts';
import { Journal } from '../bus/journal.ts';
import { nodeDisk } from '../bus/journal-disk.ts';
import { SegmentThinner } from '../bus/segment-thinner.ts';
import { SnapshotFile } from '../bus/snapshot-file.ts';
import type { CdnHostRecord } from '../correlate/join/cdn-hosts.ts';
import type { MetricsSnapshot } from '../metrics/index.ts';
import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import type { EventLog } from './event-log.ts';
import type { JournalLogOptions } from './journal-log-options.ts';
import { devicesOf, listOpenSessions, type OpenSessionList, OpenSessions } from './open-sessions.ts';
import { sourcesByName } from './sources-by-name.ts';
import { StillNeeded } from './still-needed.ts';
import { TimeMarks } from './time-marks.ts';

/** What must be known to go on at `offset`; the rest is read again from `neededOffset` on. */
type Checkpoint = {
  readonly version: 1;
  readonly offset: number;
  readonly neededOffset: number;
  readonly sessions: OpenSessionList;
  readonly closed: readonly Int32Array[];
  readonly cdnHosts: readonly CdnHostRecord[];
  readonly audience: AudienceRecord;
};
type Counters = { readonly version: 2; readonly offset: number; readonly metrics: MetricsSnapshot };

const CHECKPOINT_MS = 5_000;
/** Of the time; a checkpoint of many sessions comes less often. */
const CHECKPOINT_SHARE = 0.05;

/**
 * The journal, and checkpoints of what correlation made of it (ARCHITECTURE.md, "After a crash"). Spans are safe
 * before the checkpoint that says so, counters before anybody sees them.
 */
export class JournalLog implements EventLog {
  readonly bus: Bus;
  readonly #options: JournalLogOptions;
  readonly #journal: Journal;
  readonly #thinner: SegmentThinner;
  readonly #checkpoints: SnapshotFile<Checkpoint>;
  readonly #counters: SnapshotFile<Counters>;
  readonly #marks = new TimeMarks();
  /** Offset at which a replay has caught up with the counters. */
  #countUntil = 0;
  #restored: MetricsSnapshot | null = null;
  /** Of the checkpoint that is being caught up with; null otherwise. */
  #rebuilding: Checkpoint | null = null;
  /** Where a replay begins. */
  #neededOffset = 0;
  #checkpointAt = -1;
  /** Not before the log has been read. */
  #nextCheckpointMs = Number.POSITIVE_INFINITY;
  #isCheckpointing = false;
  #release: () => void = () => {};
  #closing: Promise<void> | null = null;
  setBacks = 0;

  constructor(options: JournalLogOptions) {
    this.#options = options;
    const { folder, windowMs, maxBytes, maxAgeMs, log, isFull } = options;
    this.#checkpoints = new SnapshotFile(join(folder, 'checkpoint'));
    this.#counters = new SnapshotFile(join(folder, 'counters'));
    const sourceOf = sourcesByName(options.sources);
    const elapsedMs = () => performance.now();
    this.#journal = new Journal({
      folder: join(folder, '0'),
      disk: options.disk ?? nodeDisk,
      windowMs,
      maxBytes,
      maxAgeMs,
      elapsedMs,
      consumer: {
        event: (event, nowMs, offset) => this.#event(event, nowMs, offset),
        tick: (nowMs, offset) => this.#tick(nowMs, offset),
      },
      sourceOf,
      onTrouble: (cause) => log.error('the journal cannot be written: senders are told to come again', { cause }),
      onRecovered: () => log.info('the journal is written again', {}),
    });
    this.#thinner = new SegmentThinner(this.#journal.folder, sourceOf, maxBytes / 2, elapsedMs);
    this.bus = {
      publish: (event, nowMs) => (isFull() ? 'full' : this.#journal.publish(event, nowMs)),
      flush: () => this.#journal.flush(),
    };
  }

  get isRebuilding(): boolean {
    return this.#rebuilding !== null;
  }

  get trouble(): string {
    return this.#journal.isTroubled ? 'the journal cannot be written' : '';
  }

  get journal(): Journal {
    return this.#journal;
  }

  async open(): Promise<UnixMs> {
    const { log, pipeline, position, cdnHosts, audience, folder } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#release = await claimFolder(folder);
    const { cutBytes, lastMs } = this.#journal.open();
    if (cutBytes > 0) log.warn('cut a torn record off the journal', { bytes: cutBytes });
    const checkpoint = this.#checkpoints.read();
    const written = this.#counters.read();
    const counters = written?.version === 2 ? written : null;
    this.#countUntil = counters?.offset ?? 0;
    this.#restored = counters?.metrics ?? null;
    if (checkpoint === null) return lastMs;
    this.#rebuilding = checkpoint;
    this.#neededOffset = checkpoint.neededOffset;
    audience.beginReread(checkpoint.audience);
    for (const record of checkpoint.cdnHosts) cdnHosts.learn(...record);
    pipeline.learnClosed(checkpoint.closed);
    pipeline.admit(new OpenSessions(checkpoint.sessions, position));
    const { firstOffset } = this.#journal;
    const sessions = checkpoint.sessions.openedAt.reduce((sum, openedAt) => sum + (openedAt < firstOffset ? 1 : 0), 0);
    if (sessions > 0) log.warn('sessions began before what journal.size and journal.age keep', { sessions });
    return lastMs;
  }

  async recover(): Promise<void> {
    const { log, pipeline } = this.#options;
    const beganMs = performance.now();
    const { records, lostRecords } = await this.#journal.replay(this.#neededOffset);
    this.#caughtUp(Number.POSITIVE_INFINITY);
    const seconds = Math.round(performance.now() - beganMs) / 1000;
    if (records > 0) log.info('read the journal again', { records, seconds, sessions: pipeline.liveSessions });
    if (lostRecords > 0) log.error('records of the journal are damaged and lost', { records: lostRecords });
    this.shown();
    // What was read just now need not be read again should this one crash soon, too.
    this.#nextCheckpointMs = records > 0 ? 0 : performance.now() + CHECKPOINT_MS;
  }

  tick(nowMs: UnixMs): void {
    const { pipeline } = this.#options;
    // Without sessions nothing depends on time, and a quiet collector writes nothing.
    if (pipeline.liveSessions > 0 || pipeline.rekeyer.waiting > 0) this.#journal.tick(nowMs);
    if (performance.now() >= this.#nextCheckpointMs) void this.#checkpoint();
  }

  shown(): void {
    try {
      this.#writeCounters(false);
    } catch (cause) {
      // A full disk is when the metrics are needed most.
      this.#options.log.warn('the counters could not be written', { cause });
    }
  }

  checkpointSoon(): void {
    this.#nextCheckpointMs = 0;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#thinner.stop();
    await this.#journal.close();
    const late = new AbortController();
    const checkpoint = this.#checkpoint().then(() => late.abort());
    await Promise.race([checkpoint, delay(this.#options.closeMs, undefined, { signal: late.signal })]).catch(() => {});
    this.#release();
  }

  #event(event: Event, nowMs: UnixMs, offset: number): void {
    this.#reached(offset, nowMs);
    this.#options.reader.event(event, nowMs, offset);
  }

  #tick(nowMs: UnixMs, offset: number): void {
    this.#reached(offset, nowMs);
    this.#options.reader.tick(nowMs, offset);
  }

  /** HOT PATH. */
  #reached(offset: number, nowMs: UnixMs): void {
    this.#caughtUp(offset);
    if (this.#marks.isSetBack(nowMs)) this.#setBack(nowMs);
    this.#marks.see(offset, nowMs);
  }

  /** Sessions whose beginning is in the future would wait for it. */
  #setBack(nowMs: UnixMs): void {
    const { pipeline, log } = this.#options;
    const hours = Math.round((this.#marks.lastMs - nowMs) / 3_600_000);
    const sessions = pipeline.liveSessions;
    pipeline.startOver(this.#marks.lastMs);
    // Of what is rebuilt that was said before.
    if (this.isRebuilding) return;
    this.setBacks++;
    log.warn('the clock was set back since the journal was written: open sessions are closed', { hours, sessions });
  }

  /** A replay comes to where the former process had got when it wrote something down. */
  #caughtUp(offset: number): void {
    if (this.#rebuilding !== null && offset >= this.#rebuilding.offset) {
      this.#options.audience.endReread(this.#rebuilding.audience);
      this.#options.pipeline.admit(null);
      this.#rebuilding = null;
    }
    if (this.#restored !== null && offset >= this.#countUntil) {
      this.#options.metrics.restore(this.#restored);
      this.#restored = null;
    }
  }

  async #checkpoint(): Promise<void> {
    const { pipeline, cdnHosts, audience, store, stored, joinMs, log } = this.#options;
    if (
      this.#isCheckpointing ||
      (this.#journal.nextOffset === this.#checkpointAt && this.#nextCheckpointMs > 0) ||
      !store()
    )
      return;
    this.#isCheckpointing = true;
    const beganMs = performance.now();
    const offset = this.#journal.nextOffset;
    const sessions = listOpenSessions(pipeline.sessions());
    const devices = devicesOf(pipeline.sessions());
    const oldest = sessions.openedAt.reduce((least, openedAt) => Math.min(least, openedAt), offset);
    const neededOffset = this.#marks.before(oldest, joinMs);
    const checkpoint: Checkpoint = {
      version: 1,
      offset,
      neededOffset,
      sessions,
      closed: pipeline.closedLately(),
      cdnHosts: cdnHosts.records(),
      audience: audience.record(),
    };
    try {
      this.#writeCounters(true);
      await stored();
      // The checkpoint must not know of records that a power cut takes back.
      if ((await this.#journal.flush()) === 'stored') {
        this.#checkpoints.write(checkpoint, true);
        this.#checkpointAt = offset;
        this.#marks.forget(neededOffset);
        this.#journal.release(neededOffset, offset);
        // What is younger may be the line of a session to come, or come once more.
        void this.#thin(this.#marks.before(offset, joinMs), new StillNeeded(sessions, devices));
      }
    } catch (cause) {
      log.warn('no checkpoint could be written', { cause });
    }
    this.#isCheckpointing = false;
    const tookMs = performance.now() - beganMs;
    this.#nextCheckpointMs = performance.now() + Math.max(CHECKPOINT_MS, tookMs / CHECKPOINT_SHARE);
  }

  /** Of what is left out nothing is asked, whichever checkpoint from now on is the last. */
  async #thin(untilOffset: number, needed: StillNeeded): Promise<void> {
    try {
      await this.#thinner.thin(untilOffset, (event, offset) => needed.isNeeded(event, offset));
    } catch (cause) {
      this.#options.log.warn('the journal could not be thinned out', { cause });
    }
  }

  #writeCounters(isSafe: boolean): void {
    const { metrics } = this.#options;
    this.#counters.write({ version: 2, offset: this.#journal.nextOffset, metrics: metrics.snapshot() }, isSafe);
  }
}
