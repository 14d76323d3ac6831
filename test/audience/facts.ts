import type { AudioRequest } from '../../collector/audience/audio-request.ts';
import type { AudienceCounts, AudienceExclusion } from '../../collector/model/audience.ts';
import type { Client } from '../../collector/model/client.ts';
import { T0 } from '../metrics/facts.ts';

export const MB = 1_000_000;

/** A phone with a podcast app. */
export function clientOf(facts: Partial<Client> = {}): Client {
  return {
    deviceKey: 'd0d0d0d0d0d0d0d0',
    network: '198.51.100.0/24',
    country: 'CL',
    region: '',
    asn: Number.NaN,
    userAgent: 'Overcast/3.0 (+http://overcast.fm/; iOS podcast app)',
    software: 'Overcast',
    deviceClass: 'mobile',
    os: 'iOS',
    isBot: false,
    ...facts,
  };
}

/** A part of an episode, a megabyte long, from its beginning. */
export function audioRequest(facts: Partial<AudioRequest> = {}): AudioRequest {
  return {
    atMs: T0,
    path: '/show/episode-1.mp3',
    method: 'GET',
    status: 206,
    bytes: MB,
    firstByte: 0,
    durationMs: 400,
    bitrateKbps: Number.NaN,
    streamType: '',
    ...facts,
  };
}

/** Adds up what the audience told, by platform class. */
export class Ledger {
  readonly counts: AudienceCounts[] = [];
  readonly left = new Map<AudienceExclusion, number>();

  audience(_dimensions: unknown, counts: AudienceCounts): void {
    this.counts.push(counts);
  }

  excluded(reason: AudienceExclusion, count: number): void {
    this.left.set(reason, (this.left.get(reason) ?? 0) + count);
  }

  of(platformClass: AudienceCounts['platformClass']) {
    const of = this.counts.filter((counts) => counts.platformClass === platformClass);
    const sum = (value: (counts: AudienceCounts) => number) => of.reduce((total, counts) => total + value(counts), 0);
    return {
      starts: sum(({ starts }) => starts),
      streams: sum(({ streams }) => streams),
      downloads: sum(({ downloads }) => downloads),
      devices: sum(({ devices }) => devices),
      // To the microsecond: the order of a sum shows in its last digits.
      seconds: Math.round(sum(({ consumptionSeconds }) => consumptionSeconds) * 1e6) / 1e6,
    };
  }

  get classes(): readonly string[] {
    return [...new Set(this.counts.map(({ platformClass }) => platformClass))].toSorted();
  }
}
