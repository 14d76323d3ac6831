/** What has to be undone when the hook leaves. */
export class Listeners {
  readonly #undo: (() => void)[] = [];

  /** `undo` runs with `close`. */
  add(undo: () => void): void {
    this.#undo.push(undo);
  }

  every(milliseconds: number, action: () => void): void {
    const timer = setInterval(guard(action), milliseconds);
    this.add(() => clearInterval(timer));
  }

  close(): void {
    for (const undo of this.#undo.splice(0)) guard(undo)();
  }
}

/** The same function without exceptions: the hook must not break what it watches. */
export function guard<A extends unknown[]>(action: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      action(...args);
    } catch {
      // Nobody to tell: a console line per event would be worse for the page than one event less for us.
    }
  };
}

/** Players take listeners with one of these pairs. */
type Emitter = { readonly [method in 'on' | 'off' | 'addEventListener' | 'removeEventListener']?: unknown };

/** Subscribes a table of guarded listeners to a player or an event target; returns what unsubscribes them. */
export function subscribe(target: object, listeners: Readonly<Record<string, (...args: never[]) => void>>): () => void {
  const { on, off, addEventListener = on, removeEventListener = off } = target as Emitter;
  const guarded = Object.entries(listeners).map(([type, listener]) => [type, guard(listener)]);
  const all = (method: unknown) => {
    for (const pair of guarded) (method as (...pair: unknown[]) => void).apply(target, pair);
  };
  all(addEventListener);
  return () => all(removeEventListener);
}
