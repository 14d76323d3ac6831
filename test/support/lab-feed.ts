import { type Config, parseConfig } from '../../collector/config.ts';
import type { LineDecoder } from '../../collector/formats/format.ts';
import { FORMATS, formatNamed } from '../../collector/formats/index.ts';
import type { Event } from '../../collector/model/event.ts';
import type { Source } from '../../collector/model/source.ts';
import { decodeBeacons } from '../../collector/receivers/beacon-body.ts';
import { cmcdBodyDecoder } from '../../collector/receivers/cmcd.ts';
import type { DecodePlayerBody } from '../../collector/receivers/player-route.ts';
import { type Wiring, wiringOf } from '../../collector/wiring/source-wiring.ts';
import type { LabDelivery } from '../lab/delivery.ts';
import type { Scenario } from '../lab/scenario.ts';
import { type LabSource, labSources } from '../lab/sources.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Sections of a configuration that reads a scenario's traffic on free ports; `changes` replace whole sections. */
export function labConfigTree(scenario: Scenario, changes: Tree = {}): Tree {
  return {
    // The feed says in X-Forwarded-For whose post it is.
    ingest: { port: 0, trustedProxies: ['127.0.0.1', '::1'] },
    metrics: { port: 0 },
    api: { port: 0 },
    log: { level: 'error' },
    sources: labSources(scenario)
      .filter(({ tier }) => tier !== 'player')
      .map(({ name, format, tier, emitter, latenessMs, sampleRate }) => ({
        name,
        format,
        tier,
        [tier === 'origin' ? 'origin' : 'cdn']: emitter,
        lateness: `${Math.ceil(latenessMs)}ms`,
        sampleRate,
      })),
    ...changes,
  };
}

/** A checked configuration that heeds no environment. `folder` is where its files go. */
export function configOf(tree: Tree, folder: string): Config {
  const text = JSON.stringify({ dataDir: folder, bus: 'memory', ...tree });
  return parseConfig(text, { formats: FORMATS, environment: {}, origin: 'test', folder });
}

/** Reads a scenario's deliveries with the collector's own decoders, without the sockets between. */
export class LabReader {
  readonly config: Config;
  /** The logs, and the fleet of players at the end. */
  readonly sources: readonly Source[];
  /** What no decoder took, by source and reason. */
  readonly refused = new Map<string, number>();
  readonly #wiring: Wiring;
  readonly #logs: ReadonlyMap<string, { readonly source: Source; readonly decoder: LineDecoder }>;
  readonly #posts: Readonly<Record<'/v1/cmcd' | '/v1/beacon', DecodePlayerBody>>;

  constructor(config: Config) {
    this.config = config;
    this.#wiring = wiringOf(config, config.sources, 'lab');
    const { sources, player, clients } = this.#wiring;
    this.sources = [...sources.map(({ from }) => from.source), player];
    this.#logs = new Map(
      sources.map(({ from }) => [from.source.name, { source: from.source, decoder: from.createDecoder() }]),
    );
    const settings = { timeZone: 'UTC', fields: [], sessionPattern: '', clients };
    const cmcd = cmcdBodyDecoder(formatNamed('cmcd-event').create(settings));
    this.#posts = { '/v1/cmcd': cmcd, '/v1/beacon': decodeBeacons };
  }

  /** An event is valid during the call only. */
  read(delivery: LabDelivery, emit: (event: Event) => void): void {
    const bytes = Buffer.from(delivery.body);
    const receivedMs = delivery.deliveredMs;
    if (delivery.kind === 'post') {
      const { player: source, clients, urls } = this.#wiring;
      const client = clients.lookup(delivery.address, delivery.userAgent, receivedMs);
      const decode = this.#posts[delivery.path ?? '/v1/cmcd'];
      decode(bytes, { source, receivedMs, client, urls }, emit, (reason) => this.#refuse(source.name, reason));
      return;
    }
    const log = this.#logs.get(delivery.source);
    if (log === undefined) throw new Error(`no source ${delivery.source}`);
    const decoded = log.decoder.decode(bytes, 0, bytes.length, { source: log.source, receivedMs }, emit);
    if (decoded !== '' && decoded !== 'skip') this.#refuse(log.source.name, decoded);
  }

  #refuse(name: string, reason: string): void {
    const key = `${name}: ${reason}`;
    this.refused.set(key, (this.refused.get(key) ?? 0) + 1);
  }
}

/** What a line says of itself to somebody who knows the format by heart: the truth that counters must agree with. */
export type LineFacts = { readonly cdn: string; readonly tier: LabSource['tier']; readonly statusClass: string };

/** Reads status lines of a scenario with nothing of Playpath's; null for a header. */
export function lineFactsOf(sources: readonly LabSource[]): (delivery: LabDelivery) => LineFacts | null {
  const byName = new Map(sources.map((source) => [source.name, source]));
  return ({ source, body }) => {
    const from = byName.get(source);
    if (from === undefined || body.startsWith('#')) return null;
    return { cdn: from.emitter, tier: from.tier, statusClass: statusClass(statusIn(from.format, body)) };
  };
}

function statusIn(format: string, line: string): number {
  switch (format) {
    case 'cloudfront-standard':
      return Number(line.split('\t')[8]);
    case 'fastly-json':
      return (JSON.parse(line) as { response_status: number }).response_status;
    case 'nginx-json':
      return (JSON.parse(line) as { status: number }).status;
    case 'nginx-combined-plus':
      return Number(/" (\d{3}) /.exec(line)?.[1]);
    default:
      throw new Error(`no truth for ${format}`);
  }
}

/** Nobody waited for an answer: 0, 000 and 499 are the viewer's doing (semantics.md section 4). */
function statusClass(status: number): string {
  return status === 0 || status === 499 ? 'abort' : `${Math.floor(status / 100)}xx`;
}
