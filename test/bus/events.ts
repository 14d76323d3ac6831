import fc from 'fast-check';
import type { Client } from '../../collector/model/client.ts';
import { CMCD_NUMBERS } from '../../collector/model/cmcd.ts';
import type { Event } from '../../collector/model/event.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { REPORT_NUMBERS, RequestReport } from '../../collector/model/request.ts';
import { source } from '../receivers/support.ts';

/** Events with anything in them that the types allow, and some that they do not: a journal keeps what it was given. */

const text = fc.oneof(fc.constant(''), fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 12 }));
const number = fc.oneof(fc.constant(Number.NaN), fc.integer(), fc.double(), fc.nat({ max: 2_000_000_000_000 }));
const sources = [source('edge-a'), source('edge-b'), source('player')];

export const clients: fc.Arbitrary<Client> = fc.record({
  deviceKey: text,
  network: text,
  country: text,
  region: text,
  asn: number,
  userAgent: text,
  software: text,
  deviceClass: text,
  os: text,
  isBot: fc.boolean(),
});

/** What is no field of its own, or means nothing outside the process: a guess at where something is. */
const LEFT_OUT = ['kind', 'source', 'cmcd', 'client', 'numbers', 'sidHint'];

function fieldsOf(target: object, numbers: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const name of numbers) model[name] = number;
  for (const [name, value] of Object.entries(target)) {
    if (LEFT_OUT.includes(name)) continue;
    if (name.startsWith('uid')) model[name] = fc.integer();
    else model[name] = typeof value === 'boolean' ? fc.boolean() : text;
  }
  return fc.record(model, { requiredKeys: [] });
}

export const reports: fc.Arbitrary<RequestReport> = fc
  .tuple(
    fieldsOf(new RequestReport(), REPORT_NUMBERS),
    fieldsOf(new RequestReport().cmcd, CMCD_NUMBERS),
    fc.option(clients),
    fc.constantFrom(...sources),
  )
  .map(([fields, cmcd, client, from]) => {
    const report = new RequestReport();
    Object.assign(report, fields, { source: from, client });
    Object.assign(report.cmcd, cmcd);
    return report;
  });

export const playerEvents: fc.Arbitrary<PlayerEvent> = fc
  .record(
    {
      kind: fc.constant('player' as const),
      source: fc.constantFrom(...sources),
      name: fc.constantFrom('state', 'heartbeat', 'error'),
      sid: text,
      tsMs: number,
      receivedMs: number,
      contentId: text,
      seq: number,
      state: fc.constantFrom('playing', 'paused'),
      bitrateKbps: number,
      fromBitrateKbps: number,
      height: number,
      phase: fc.constantFrom('requested', 'applied'),
      reason: text,
      bufferMs: number,
      playheadMs: number,
      measuredKbps: number,
      liveLatencyMs: number,
      starvedMs: number,
      startupMs: number,
      droppedFrames: number,
      decodedFrames: number,
      isBackground: fc.boolean(),
      errorClass: fc.constantFrom('technical', 'business'),
      isFatal: fc.boolean(),
      errorCode: text,
      message: text,
      url: text,
      cdn: text,
      bytes: number,
      streamType: fc.constantFrom('', 'live', 'vod'),
      player: text,
      property: text,
      viewerId: text,
      title: text,
      client: clients,
      traceId: text,
      spanId: text,
    },
    { requiredKeys: ['kind', 'source', 'name', 'sid', 'tsMs', 'receivedMs'] },
  )
  .map((event) => ({ ...event }) as PlayerEvent);

export const events: fc.Arbitrary<Event> = fc.oneof(reports, playerEvents);
