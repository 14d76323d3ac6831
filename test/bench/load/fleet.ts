import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LabPlayer } from '../../lab/lab.ts';
import { LivePoster } from '../../lab/live-poster.ts';
import type { Scenario } from '../../lab/scenario.ts';

type Order = { readonly ingestUrl: string; readonly scenario: Scenario; readonly beginMs: number };
type Counts = LivePoster['counts'];

/** A lab fleet that posts to a collector, in a process of its own so that its memory is not the collector's. */
export class Fleet {
  readonly #process: ChildProcess;

  constructor(order: Order) {
    this.#process = fork(fileURLToPath(import.meta.url), [JSON.stringify(order)]);
  }

  /** Posts everything that arrives until `untilMs`; what was posted so far. */
  async advance(untilMs: number): Promise<Counts> {
    const done = once(this.#process, 'message');
    this.#process.send(untilMs);
    const [counts] = (await done) as [Counts];
    return counts;
  }

  close(): void {
    this.#process.disconnect();
  }
}

if (import.meta.main) {
  const { ingestUrl, scenario, beginMs } = JSON.parse(process.argv[2] as string) as Order;
  const lab = new LabPlayer(scenario, 1, beginMs);
  const poster = new LivePoster(ingestUrl);
  process.on('message', async (untilMs: number) => {
    await poster.send(lab.next(untilMs));
    process.send?.(poster.counts);
  });
}
