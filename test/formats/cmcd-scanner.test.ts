import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeCmcd } from '@svta/cml-cmcd';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cmcd } from '../../collector/model/cmcd.ts';
import { disagreements, libraryHeaders, libraryPlain, libraryQuery, scanPlain, scanQuery } from './cmcd-oracle.ts';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures');
const RECORDINGS = join(FIXTURES, 'recordings');
const runs = readdirSync(RECORDINGS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean);

describe('agrees with @svta/cml-cmcd', () => {
  test('on every query and header of the recorded requests', () => {
    const found: string[] = [];
    let compared = 0;
    for (const { name } of runs) {
      for (const file of ['edge-a.json', 'edge-b.json', 'origin.json']) {
        for (const line of linesOf(join(RECORDINGS, name, file))) {
          const { args, cmcd_object, cmcd_request, cmcd_session, cmcd_status } = JSON.parse(line);
          const value = /(?:^|&)CMCD=([^&]*)/.exec(args)?.[1];
          if (value !== undefined) {
            const library = libraryQuery(`CMCD=${value}`);
            if (library === null) found.push(`refused: ${args}`);
            else found.push(...disagreements(scanQuery(value), library));
            compared++;
          }
          const headers = { object: cmcd_object, request: cmcd_request, session: cmcd_session, status: cmcd_status };
          const named = Object.entries(headers).filter(([, text]) => text !== '');
          if (named.length === 0) continue;
          const library = libraryHeaders(
            Object.fromEntries(named.map(([part, text]) => [`CMCD-${part[0]?.toUpperCase()}${part.slice(1)}`, text])),
          );
          if (library === null) found.push(`refused: ${line}`);
          else found.push(...disagreements(scanPlain(...named.map(([, text]) => text as string)), library));
          compared++;
        }
      }
    }
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(700);
  });

  test('on every line players posted as events', () => {
    const found: string[] = [];
    let compared = 0;
    for (const { name } of runs) {
      for (const line of linesOf(join(RECORDINGS, name, 'sink.ndjson'))) {
        const { kind, body } = JSON.parse(line);
        if (kind !== 'cmcd') continue;
        for (const report of (body as string).split('\n').filter(Boolean)) {
          const library = libraryPlain(report);
          if (library === null) found.push(`refused: ${report}`);
          else found.push(...disagreements(scanPlain(report), library));
          compared++;
        }
      }
    }
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(400);
  });

  test('on real Bitmovin and dash.js queries where it does not refuse them; where it does, the session is found', () => {
    const values = ['cmcd-bitmovin-url.log', 'cmcd-data-samples-queries.txt']
      .flatMap((file) => linesOf(join(FIXTURES, 'formats', 'cmcd', file)))
      .flatMap((line) => /CMCD=([^&\s]*)/.exec(line)?.[1] ?? []);
    let refused = 0;
    for (const value of values) {
      const ours = scanQuery(value);
      const library = libraryQuery(`CMCD=${value}`);
      if (library === null) refused++;
      else expect(disagreements(ours, library)).toEqual([]);
      expect(ours.sid).toMatch(/^[0-9a-f-]{36}$/);
      expect(ours.isMalformed).toBe(false);
    }
    expect(values.length).toBeGreaterThan(390);
    expect(refused).toBeGreaterThan(300);
  });

  test('on real Bitmovin headers', () => {
    for (const line of linesOf(join(FIXTURES, 'formats', 'cmcd', 'cmcd-bitmovin-headers.log'))) {
      const headers = Object.fromEntries(
        [...line.matchAll(/(CMCD-\w+): '([^']*)'/g)].map(([, name, text]) => [name, text]),
      );
      if (Object.keys(headers).length === 0) continue;
      const ours = scanPlain(...(Object.values(headers) as string[]));
      const library = libraryHeaders(headers as Record<string, string>);
      if (library !== null) expect(disagreements(ours, library)).toEqual([]);
      expect(ours.sid).toBe('6e2fb550-c457-11e9-bb97-0800200c9a66');
    }
  });

  const kbps = fc.integer({ min: 1, max: 100_000 });
  const ms = fc.integer({ min: 0, max: 1_000 }).map((hundreds) => hundreds * 100);
  const text = fc.string({ minLength: 1, maxLength: 40 }).filter((value) => /^[\x20-\x7e]+$/.test(value));
  const payload = fc.record(
    {
      br: kbps,
      bl: ms,
      d: fc.integer({ min: 0, max: 20_000 }),
      dl: ms,
      mtp: kbps.map((value) => value * 100),
      rtp: kbps.map((value) => value * 100),
      tb: kbps,
      cid: text,
      sid: fc.uuid(),
      bs: fc.constant(true),
      su: fc.constant(true),
      ot: fc.constantFrom('m', 'a', 'v', 'av', 'i', 'c', 'tt', 'k', 'o'),
      sf: fc.constantFrom('d', 'h', 's', 'o'),
      st: fc.constantFrom('v', 'l'),
      pr: fc.constantFrom(0, 0.5, 1.08, 2),
      nor: fc.constant('../300kbps/segment35.m4v'),
    },
    { requiredKeys: ['sid'] },
  );

  test.each([
    ['plain', (encoded: string): Cmcd => scanPlain(encoded)],
    ['encoded once', (encoded: string): Cmcd => scanQuery(encodeURIComponent(encoded))],
    ['encoded twice', (encoded: string): Cmcd => scanQuery(encodeURIComponent(encodeURIComponent(encoded)))],
    ['with + for space', (encoded: string): Cmcd => scanQuery(encodeURIComponent(encoded).replaceAll('%20', '+'))],
  ] as const)('on whatever it encodes, %s', (_, scan) => {
    fc.assert(
      fc.property(payload, (data) => {
        const encoded = encodeCmcd(data as never, { version: 1 });
        const library = libraryPlain(encoded);
        const ours = scan(encoded);
        expect(library).not.toBeNull();
        expect(disagreements(ours, library ?? {})).toEqual([]);
        expect(ours.isMalformed).toBe(false);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('keeps what can be read', () => {
  for (const [what, read, expected] of [
    [
      'unbalanced quote at the end (Akamai)',
      () => scanQuery('ot=m,sid=%22a%22,st=v%22'),
      { sid: 'a', streamType: 'vod', isMalformed: true },
    ],
    [
      'unbalanced quote in the middle',
      () => scanPlain('nor="../x,ot=v,sid="a"'),
      { sid: 'a', objectType: 'video', isMalformed: true },
    ],
    [
      'Akamai prefix',
      () => scanQuery('//1.0@V/bl=21600,sid=%22a%22'),
      { bufferMs: 21600, sid: 'a', isMalformed: false },
    ],
    [
      'unquoted id that begins like a number',
      () => scanPlain('sid=6e2fb550-c457,br=5'),
      { sid: '6e2fb550-c457', bitrateKbps: 5, isMalformed: true },
    ],
    [
      'first item of a list',
      () => scanPlain('br=(2885;v 65;a),bl=( 9900 )'),
      { bitrateKbps: 2885, bufferMs: 9900, isMalformed: false },
    ],
    ['list nobody closed', () => scanPlain('br=(2885;v,sid="a"'), { bitrateKbps: 2885, sid: 'a', isMalformed: true }],
    [
      'list of strings',
      () => scanPlain('ec=("A 1" "B"),nor=("x,y" "z";r="0-1"),sid="a"'),
      { errorCodes: 'A 1 B', sid: 'a', isMalformed: false },
    ],
    [
      'scalar where a list belongs',
      () => scanPlain('br=2885,ec=27,v=2'),
      { bitrateKbps: 2885, errorCodes: '27', version: 2 },
    ],
    [
      'flags with and without value',
      () => scanPlain('bs=?1,su=?0,bg'),
      { isStarved: true, isStartup: false, isBackground: true },
    ],
    [
      'space behind the comma',
      () => scanPlain('br=5, sid="a", su'),
      { bitrateKbps: 5, sid: 'a', isStartup: true, isMalformed: false },
    ],
    [
      'key it does not know',
      () => scanPlain('com.example-x="1,2",br=5,zzzz=(1 2)'),
      { bitrateKbps: 5, isMalformed: false },
    ],
    [
      'number that is none',
      () => scanPlain('br=fast,bl=,sid="a"'),
      { bitrateKbps: Number.NaN, bufferMs: Number.NaN, sid: 'a', isMalformed: true },
    ],
    ['escaped quote', () => scanPlain('cid="say \\"hi\\" \\\\ there",sid="a"'), { cid: 'say "hi" \\ there', sid: 'a' }],
    [
      'decimals',
      () => scanPlain('bl=3993.8321995464853,pr=1.08,mtp=-1'),
      { bufferMs: 3993.832199546485, playbackRate: 1.08, measuredKbps: -1 },
    ],
    ['argument behind it', () => scanQuery('sid%3D%22a%22&rid=1'), { sid: 'a', isMalformed: false }],
    ['lower-case escapes', () => scanQuery('sid%3d%22a%22%2cbr%3d5'), { sid: 'a', bitrateKbps: 5 }],
    ['truncated escape', () => scanQuery('br%3D5%2Csid%3D%22a%2'), { bitrateKbps: 5, sid: 'a%2', isMalformed: true }],
    ['nothing', () => scanQuery(''), { sid: '', isMalformed: false }],
    ['text that is no CMCD', () => scanPlain('<html>'), { sid: '', isMalformed: true }],
  ] as const) {
    test(what, () => expect(read()).toMatchObject(expected));
  }

  test('drops times that dash.js took from the wrong clock, and a start delay before the start', () => {
    expect(scanPlain('e=rr,ttfb=1795295037959,ttlb=20')).toMatchObject({ ttfbMs: Number.NaN, ttlbMs: 20 });
    expect(scanPlain('e=rr,ttfb=30,ttlb=20')).toMatchObject({ ttfbMs: Number.NaN, ttlbMs: 20 });
    expect(scanPlain('msd=2,sta=s').startDelayMs).toBeNaN();
    expect(scanPlain('msd=1830,sta=p').startDelayMs).toBe(1830);
  });

  test('an over-long id is no id', () => {
    expect(scanPlain(`sid="${'x'.repeat(2_000)}",br=5`)).toMatchObject({ sid: '', bitrateKbps: 5 });
  });
});
