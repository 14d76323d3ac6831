import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** V8's kinds of garbage collection, by the bit Node reports. */
const GC_KINDS: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weak_callbacks' };

/** How the process fares: event loop, garbage collection, memory, processor. */
export class RuntimeProbe {
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>;
  readonly #observer: PerformanceObserver;
  readonly #gcSeconds = new Map<string, number>(Object.values(GC_KINDS).map((kind) => [kind, 0]));

  constructor() {
    this.#delay = monitorEventLoopDelay({ resolution: 20 });
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const kind = GC_KINDS[gcKindOf(entry)] ?? 'other';
        this.#gcSeconds.set(kind, (this.#gcSeconds.get(kind) ?? 0) + entry.duration / 1000);
      }
    });
  }

  start(): void {
    this.#delay.enable();
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Since the last call: an old hiccup must not stay in the number for good. */
  takeEventLoopDelayP99Seconds(): number {
    const seconds = this.#delay.count > 0 ? this.#delay.percentile(99) / 1e9 : 0;
    this.#delay.reset();
    return seconds;
  }

  gcSeconds(): ReadonlyMap<string, number> {
    return this.#gcSeconds;
  }

  memory(): { readonly heapUsed: number; readonly rss: number } {
    return process.memoryUsage();
  }

  cpuSeconds(): { readonly user: number; readonly system: number } {
    const { user, system } = process.cpuUsage();
    return { user: user / 1e6, system: system / 1e6 };
  }

  close(): void {
    this.#delay.disable();
    this.#observer.disconnect();
  }
}

/** Node documents `detail.kind` of gc entries; the type of entries in general knows nothing of it. */
function gcKindOf(entry: object): number {
  const detail = 'detail' in entry ? entry.detail : null;
  return typeof detail === 'object' && detail !== null && 'kind' in detail ? Number(detail.kind) : 0;
}
