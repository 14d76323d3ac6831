import { PLAYER_SOURCE } from './delivery.ts';
import type { LineHandling } from './outbox.ts';
import type { Scenario } from './scenario.ts';
import { logsShield } from './wire/log-writer.ts';

/** One input a collector must know to read a scenario's deliveries; names of formats are those of the registry. */
export type LabSource = {
  readonly name: string;
  readonly format: string;
  readonly tier: 'player' | 'edge' | 'shield' | 'origin';
  /** `cdn.name` and `service.name`. */
  readonly emitter: string;
  readonly tenant: string;
  readonly latenessMs: number;
  readonly sampleRate: number;
  /** File the CLI writes. */
  readonly file: string;
};

/** Every source of a scenario, those that never deliver left out. */
export function labSources(scenario: Scenario): readonly LabSource[] {
  const { tenant, telemetry, origin } = scenario;
  const sources: LabSource[] = [];
  for (const cdn of scenario.cdns) {
    if (!cdn.isLogged) continue;
    const { name, format, sampleRate } = cdn;
    const edge = { format, emitter: name, tenant, latenessMs: cdn.latenessMs[1], sampleRate } as const;
    sources.push({ ...edge, name, tier: 'edge', file: fileOf(name, format) });
    if (logsShield(cdn) && format !== 'fastly-json') {
      sources.push({ ...edge, name: `${name}-shield`, tier: 'shield', file: fileOf(`${name}-shield`, format) });
    }
  }
  if (origin.isLogged) {
    const { name, format, latenessMs } = origin;
    const file = fileOf(name, format);
    sources.push({
      name,
      format,
      tier: 'origin',
      emitter: name,
      tenant,
      latenessMs: latenessMs[1],
      sampleRate: 1,
      file,
    });
  }
  if (telemetry.isPosted) {
    sources.push({
      name: PLAYER_SOURCE,
      format: 'capture',
      tier: 'player',
      emitter: PLAYER_SOURCE,
      tenant,
      latenessMs: telemetry.latenessMs[1] + 1000,
      sampleRate: 1,
      file: 'player.capture.ndjson',
    });
  }
  return sources;
}

/** How each log's lines are handed over; a shield shares its CDN's handling. */
export function sourceHandling(scenario: Scenario): readonly LineHandling[] {
  return [
    ...scenario.cdns.flatMap((cdn) => [cdn, { ...cdn, name: `${cdn.name}-shield` }]),
    { ...scenario.origin, sampleRate: 1 },
  ];
}

function fileOf(name: string, format: string): string {
  const extension = { 'cloudfront-standard': 'tsv', 'fastly-json': 'ndjson', 'nginx-json': 'json' }[format] ?? 'log';
  return `${name}.${extension}`;
}
