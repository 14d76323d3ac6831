import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { Source, Tier } from '../../collector/model/source.ts';

export function source(name: string, options: Partial<Source> = {}): Source {
  const tier: Tier = name === 'player' ? 'player' : 'edge';
  return {
    index: 0,
    name,
    format: 'test',
    tier,
    emitter: name,
    tenant: 'default',
    latenessMs: 0,
    sampleRate: 1,
    timeZone: 'UTC',
    ...options,
  };
}

export function playerEvent(fields: Partial<PlayerEvent> = {}): PlayerEvent {
  return {
    kind: 'player',
    name: 'heartbeat',
    source: source('player'),
    sid: 'session-1',
    tsMs: 1_795_294_681_000,
    receivedMs: 1_795_294_681_000,
    ...fields,
  };
}
