import type { UnixMs } from '../model/time.ts';

/** The clock and the timers of code that must wait. Tests hand in their own and never sleep. */
export type Scheduler = {
  nowMs(): UnixMs;
  /** Runs `run` once after the delay unless the returned function is called first. */
  after(delayMs: number, run: () => void): () => void;
};

export const systemScheduler: Scheduler = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after the delay, or as soon as the signal aborts. */
export function pause(scheduler: Scheduler, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = scheduler.after(delayMs, finish);
    signal.addEventListener('abort', finish);
  });
}
