import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ClientDirectory, FormatSettings } from '../../collector/formats/format.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { type Event, REJECT_REASONS } from '../../collector/model/event.ts';
import { CACHE_STATUSES, OBJECT_TYPES, PLAYER_STATES } from '../../collector/model/media.ts';
import { PLAYER_EVENT_NAMES } from '../../collector/model/player-event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { decoderOf, testClients, testDelivery } from '../formats/decoding.ts';
import { Mutator } from './formats-mutations.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'formats');
const MUTATIONS = 100_000;
const SEED = 20_261_121;
const ANSWERS = new Set<string>(['', 'skip', ...REJECT_REASONS]);
const cacheStatuses = new Set<string>(CACHE_STATUSES);
const objectTypes = new Set<string>(OBJECT_TYPES);
const states = new Set<string>(['', ...PLAYER_STATES]);
const eventNames = new Set<string>(PLAYER_EVENT_NAMES);

/** Clients are fuzzed once, below: hashing a new one for every broken line would be most of the time. */
const noClients: ClientDirectory = { lookup: () => null, lookupBytes: () => null };

function fixtureOf(name: string): { lines: Buffer[]; settings: Partial<FormatSettings> } {
  const text = readFileSync(join(FOLDER, name, 'input.log'));
  const lines = text
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'));
  const path = join(FOLDER, name, 'settings.json');
  return { lines, settings: existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {} };
}

/** What is wrong with an event, '' when nothing is. */
function problemOf(event: Event): string {
  if (!(event instanceof RequestReport)) {
    if (!eventNames.has(event.name)) return `name ${event.name}`;
    if (event.sid === '') return 'no sid';
    return Number.isFinite(event.tsMs) ? '' : `tsMs ${event.tsMs}`;
  }
  if (!Number.isFinite(event.startMs)) return `startMs ${event.startMs}`;
  if (!event.path.startsWith('/') && event.path !== '*') return `path ${event.path}`;
  if (/[\0-\x20\x7f]/.test(event.path)) return 'control character in the path';
  if (event.cmcd.objectType !== '' && !objectTypes.has(event.cmcd.objectType)) return `ot ${event.cmcd.objectType}`;
  if (!objectTypes.has(event.objectType)) return `object type ${event.objectType}`;
  if (!cacheStatuses.has(event.cacheStatus)) return `cache ${event.cacheStatus}`;
  if (!states.has(event.cmcd.state)) return `state ${event.cmcd.state}`;
  if (event.status < 100 || event.status > 999) return `status ${event.status}`;
  for (const value of [event.durationMs, event.ttfbMs, event.bodyBytes, event.totalBytes, event.upstreamTtfbMs]) {
    if (value < 0 || value === Number.POSITIVE_INFINITY) return `number ${value}`;
  }
  if (!Number.isInteger(event.uidHigh) || !Number.isInteger(event.uidLow)) return 'uid';
  if (event.traceId !== '' && !/^[0-9a-f]{32}$/.test(event.traceId)) return `trace ${event.traceId}`;
  if (event.rid !== '' && !/^[0-9a-f]{16}$/.test(event.rid)) return `rid ${event.rid}`;
  return event.isComplete === (event.errorType !== 'client_abort' && event.errorType !== 'no_response')
    ? ''
    : 'complete';
}

describe(`${MUTATIONS} broken lines neither throw nor make impossible events`, () => {
  test.each([...FORMATS.keys()])('%s', (name) => {
    const { lines, settings } = fixtureOf(name);
    const mutator = new Mutator(lines, SEED);
    const decoder = decoderOf(name, settings, noClients);
    const delivery = testDelivery({ tier: name === 'cmcd-event' || name === 'abr-decision' ? 'player' : 'edge' });
    const problems = new Set<string>();
    const answers = new Map<string, number>();
    let emitted = 0;
    const emit = (event: Event): void => {
      emitted++;
      const problem = problemOf(event);
      if (problem !== '') problems.add(problem);
    };
    for (const line of lines) decoder.decode(line, 0, line.length, delivery, () => {});
    for (let i = 0; i < MUTATIONS; i++) {
      const length = mutator.next();
      const before = emitted;
      const answer = decoder.decode(mutator.bytes, 0, length, delivery, emit);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (!ANSWERS.has(answer)) problems.add(`answer ${answer}`);
      if ((answer === '') !== emitted > before) problems.add(`answered ${answer} and emitted ${emitted - before}`);
    }
    expect([...problems]).toEqual([]);
    // The mutations reach both sides: some lines are still read, some are refused.
    expect(answers.get('')).toBeGreaterThan(MUTATIONS / 20);
    expect(answers.size).toBeGreaterThan(3);
  });

  test('nginx-combined, with clients', () => {
    const mutator = new Mutator(fixtureOf('nginx-combined').lines, SEED + 1);
    const decoder = decoderOf('nginx-combined', {}, testClients({ limit: 256 }));
    let clients = 0;
    for (let i = 0; i < 20_000; i++) {
      decoder.decode(mutator.bytes, 0, mutator.next(), testDelivery(), (event) => {
        if (event.client) clients++;
      });
    }
    expect(clients).toBeGreaterThan(1_000);
  });
});

test('a decoder that met broken lines reads good ones as before', () => {
  for (const name of FORMATS.keys()) {
    const { lines, settings } = fixtureOf(name);
    const fresh = decoderOf(name, settings, noClients);
    const used = decoderOf(name, settings, noClients);
    const mutator = new Mutator(
      lines.filter((line) => line[0] !== 0x23),
      SEED + 2,
    );
    for (const line of lines.slice(0, 2)) used.decode(line, 0, line.length, testDelivery(), () => {});
    for (let i = 0; i < 2_000; i++) used.decode(mutator.bytes, 0, mutator.next(), testDelivery(), () => {});
    used.beginDelivery?.();
    used.forgetHeader?.();
    for (const line of lines) {
      const read = (decoder: typeof fresh): string[] => {
        const found: string[] = [];
        found.push(decoder.decode(line, 0, line.length, testDelivery(), (event) => found.push(JSON.stringify(event))));
        return found;
      };
      expect(read(used)).toEqual(read(fresh));
    }
  }
});
