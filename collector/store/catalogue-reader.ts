import { readFile, stat } from 'node:fs/promises';
import type { Log } from '../exporters/exporter.ts';
import { type Catalogue, type CatalogueEntry, MAX_ENTRIES } from './catalogue.ts';
import { readCatalogue } from './catalogue-text.ts';

export type CatalogueSource = {
  readonly tenant: string;
  /** A file, or an http(s) URL. */
  readonly location: string;
  readonly refreshMs: number;
};

const MAX_BYTES = 512 << 20;
const TIMEOUT_MS = 60_000;

/** Reads catalogues now and again; one that cannot be read or stored leaves what was known. */
export class CatalogueReader {
  readonly #sources: readonly CatalogueSource[];
  readonly #catalogue: Catalogue;
  readonly #keep: (tenant: string, entries: readonly CatalogueEntry[]) => Promise<void>;
  readonly #log: Log;
  /** Text of each source that is in the store. */
  readonly #kept = new Map<CatalogueSource, string>();
  readonly #timers: NodeJS.Timeout[] = [];

  /** `keep` puts the entries into the store. */
  constructor(
    sources: readonly CatalogueSource[],
    catalogue: Catalogue,
    keep: (tenant: string, entries: readonly CatalogueEntry[]) => Promise<void>,
    log: Log,
  ) {
    this.#sources = sources;
    this.#catalogue = catalogue;
    this.#keep = keep;
    this.#log = log;
  }

  /** Resolves when every catalogue was read once, or could not be. */
  async start(): Promise<void> {
    for (const source of this.#sources) {
      this.#timers.push(setInterval(() => void this.#read(source), source.refreshMs));
    }
    await Promise.all(this.#sources.map((source) => this.#read(source)));
  }

  /** May be called twice. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.length = 0;
  }

  async #read(source: CatalogueSource): Promise<void> {
    const { tenant, location } = source;
    try {
      const text = await textOf(location);
      if (text === this.#kept.get(source)) return;
      const read = readCatalogue(text);
      if (read === null) {
        this.#log.warn('a catalogue is neither CSV with a column content_id nor a JSON array', { tenant, location });
        return;
      }
      if (this.#catalogue.replace(tenant, read.entries) === 'full') {
        this.#log.warn('a catalogue is too large', { tenant, location, most: MAX_ENTRIES });
        return;
      }
      await this.#keep(tenant, read.entries);
      this.#kept.set(source, text);
      this.#log.info('read a catalogue', { tenant, contents: read.entries.length, withoutId: read.refused });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn('a catalogue cannot be read', { tenant, location, reason });
    }
  }
}

async function textOf(location: string): Promise<string> {
  if (!/^https?:/i.test(location)) {
    const { size } = await stat(location);
    if (size > MAX_BYTES) throw new RangeError(`it has ${size} bytes`);
    return readFile(location, 'utf8');
  }
  const answer = await fetch(location, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  if (Number(answer.headers.get('content-length') ?? 0) > MAX_BYTES) throw new RangeError('it is too large');
  return answer.text();
}
