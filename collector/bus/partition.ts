import type { Event } from '../model/event.ts';

/**
 * What an event is ordered by: its session, else what leads to the session later (request id, trace, device).
 * All halves of one session must come out equal, whoever reports them, so the CMCD session id goes first.
 */
export function partitionKey(event: Event): string {
  if (event.kind === 'player') return event.sid !== '' ? event.sid : (event.traceId ?? '');
  if (event.cmcd.sid !== '') return event.cmcd.sid;
  if (event.sessionId !== '') return event.sessionId;
  if (event.parentRequestId !== '') return event.parentRequestId;
  if (event.requestId !== '') return event.requestId;
  if (event.traceId !== '') return event.traceId;
  return event.client === null ? '' : event.client.deviceKey;
}

/** Partition 0 ≤ p < count of a text key. The same on every machine and in every release: logs on disk depend on it. */
export function partitionOf(key: string, count: number): number {
  // FNV-1a over UTF-16 code units, then mixed: FNV's low bits alone follow the last character.
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash ^= key.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return mix(hash) % count;
}

/** MurmurHash3 finaliser: every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
