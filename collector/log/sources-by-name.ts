import type { Source } from '../model/source.ts';

/** Sources as they are configured now; one that is gone as the journal has it, once for all its records. */
export function sourcesByName(sources: readonly Source[]): (written: Source) => Source {
  const known = new Map(sources.map((source) => [source.name, source]));
  return (written) => {
    const source = known.get(written.name);
    if (source !== undefined) return source;
    const kept = Object.freeze({ ...written, index: known.size });
    known.set(written.name, kept);
    return kept;
  };
}
