import { useEffect, useState } from 'react';

export type Polled<Value> = { readonly value: Value | null; readonly problem: string };

/**
 * Asks again and again, the next time `everyMs` after the last answer, while the page is visible. Keeps the last
 * answer when one fails, and says why it failed. `key` says what is asked for: a new one begins anew.
 */
export function usePolled<Value>(key: string, ask: () => Promise<Value>, everyMs: number): Polled<Value> {
  const [polled, setPolled] = useState<Polled<Value> & { readonly key: string }>({ key, value: null, problem: '' });
  // biome wants `ask` here; it is another function at every call, and `key` says when it asks for something else.
  useEffect(() => poll(ask, everyMs, (next) => setPolled((before) => merge(key, before, next))), [key, everyMs]);
  return polled.key === key ? polled : { value: null, problem: '' };
}

type Answer<Value> = { readonly value: Value } | { readonly problem: string };

function merge<Value>(key: string, before: Polled<Value> & { readonly key: string }, next: Answer<Value>) {
  if ('value' in next) return { key, value: next.value, problem: '' };
  return { key, value: before.key === key ? before.value : null, problem: next.problem };
}

function poll<Value>(ask: () => Promise<Value>, everyMs: number, tell: (answer: Answer<Value>) => void): () => void {
  let timer = 0;
  let isOver = false;
  const step = async (): Promise<void> => {
    if (!document.hidden) {
      try {
        const value = await ask();
        if (!isOver) tell({ value });
      } catch (error) {
        if (!isOver) tell({ problem: error instanceof Error ? error.message : String(error) });
      }
    }
    if (!isOver && Number.isFinite(everyMs)) timer = window.setTimeout(() => void step(), everyMs);
  };
  void step();
  return () => {
    isOver = true;
    window.clearTimeout(timer);
  };
}
