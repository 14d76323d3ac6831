import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../../collector/config/problem.ts';
import { readConfig } from './read-config.ts';

const SAMPLE = `
access: { tokens: [{ name: agent, tenant: "*", purpose: ingest, token: 0123456789abcdef }] }
ingest: { host: 0.0.0.0, limits: { body: 1MiB, requestTimeout: 5s }, trustedProxies: [10.0.0.0/8] }
sources:
  - { name: edge-a, format: nginx-json, tier: edge, auth: { kind: basic, user: u, password: p } }
  - { name: o, format: nginx-json, tier: origin, path: [a/*.log, b], sessionPattern: "sid=([a-f0-9]+)" }
export: { otlp: { endpoint: "http://h:1", headers: { a: b } } }
privacy: &p { salt: s, redact: [x] }
`;

const pieces = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ': ',
  '\n',
  '- ',
  '&p',
  '*p',
  '"',
  "'",
  '!!',
  '|',
  '#',
  '\t',
  '\0',
  '\u2028',
  '__proto__: 1\n',
  '?',
  '\u{1f600}',
);
const edit = fc.record({ at: fc.nat(SAMPLE.length), drop: fc.nat(12), insert: fc.oneof(pieces, fc.string()) });

test('whatever is written, it is read or refused with its problems', () => {
  const written = fc.oneof(
    fc.string(),
    fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
      let text = SAMPLE;
      for (const { at, drop, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + drop);
      return text;
    }),
  );
  fc.assert(
    fc.property(written, (text) => {
      try {
        readConfig(text);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
        for (const { line, column } of error.problems) expect(line >= 0 && column >= 0).toBe(true);
      }
      expect(Object.prototype).not.toHaveProperty('1');
    }),
    { seed: 1, numRuns: 400 },
  );
});

test('the sample itself is accepted', () => {
  expect(readConfig(SAMPLE).sources).toHaveLength(2);
});
