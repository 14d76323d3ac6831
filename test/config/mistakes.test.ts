import { expect, test } from 'vitest';
import { ConfigError } from '../../collector/config/problem.ts';
import { problemsOf, readConfig } from './read-config.ts';

const SOURCE = 'sources:\n  - { name: edge-a, format: nginx-json, tier: edge';

/** What is written, where the problem is said to be (line:column path), and what is said. */
const MISTAKES: readonly (readonly [name: string, text: string, place: string, message: RegExp])[] = [
  ['an unknown section', 'ingst: {}', '1:1 ingst', /not a known key.*"ingest"/],
  ['an unknown key', 'ingest:\n  prot: 4319', '2:3 ingest.prot', /not a known key.*"port"/],
  ['a key nothing resembles', 'ingest:\n  zzzzzz: 1', '2:3 ingest.zzzzzz', /not a known key here\.$/],
  ['the prototype as a key', '__proto__: { port: 1 }', '1:1 __proto__', /not a known key/],
  ['a value where keys belong', 'metrics: 5', '1:10 metrics', /must have keys below it, not 5/],
  ['a list where keys belong', 'log: [a]', '1:1 log', /must have keys below it/],
  ['a text for a number', 'api: { port: many }', '1:14 api.port', /whole number from 0 to 65535, not "many"/],
  ['a number out of range', 'api: { port: 65536 }', '1:14 api.port', /whole number from 0 to 65535, not 65536/],
  ['a fraction for a whole number', 'api: { recentSessions: 1.5 }', '1:24 api.recentSessions', /whole number of 1 or/],
  ['a share above one', 'correlate: { healthySample: 2 }', '1:29 correlate.healthySample', /from 0 to 1, not 2/],
  ['a duration without unit', 'correlate: { settle: 30 }', '1:22 correlate.settle', /a duration such as.* not 30/],
  ['a duration of an unknown unit', 'correlate: { settle: 3w }', '1:22 correlate.settle', /not "3w"/],
  ['a duration that is too short', 'correlate: { grid: 5ms }', '1:20 correlate.grid', /out of range: "5ms"/],
  ['a size without unit', 'api: { recent: 100 }', '1:16 api.recent', /a size such as/],
  ['a size in an unknown unit', 'api: { recent: 5Mb }', '1:16 api.recent', /not "5Mb"/],
  [
    'a choice that does not exist',
    'log: { level: loud }',
    '1:15 log.level',
    /one of debug, info, warn, error, not "loud"/,
  ],
  ['a text for a flag', 'api: { jaeger: "no" }', '1:16 api.jaeger', /true or false, not "no"/],
  ['a path in an origin', 'player: { origins: [https://a.example/x] }', '1:21 player.origins[0]', /without a path/],
  [
    'a network that is none',
    'ingest: { trustedProxies: [10.0.0.0/40] }',
    '1:28 ingest.trustedProxies[0]',
    /10.0.0.0\/8/,
  ],
  ['a host with a space', 'ingest: { host: "a b" }', '1:17 ingest.host', /host name or an IP address/],
  [
    'an endpoint that is no URL',
    'export: { otlp: { endpoint: tempo } }',
    '1:29 export.otlp.endpoint',
    /http or https URL/,
  ],
  [
    'a password in an endpoint',
    'export: { otlp: { endpoint: "http://u:p@h" } }',
    '1:29 export.otlp.endpoint',
    /headers/,
  ],
  [
    'a header that is none',
    'export: { otlp: { headers: { "a b": c } } }',
    '1:37 export.otlp.headers.a b',
    /header name/,
  ],
  ['a secret from nowhere', 'privacy: { salt: "env:NOPE" }', '1:18 privacy.salt', /variable NOPE, which is not set/],
  [
    'a secret file that is not there',
    'privacy: { salt: "file:no" }',
    '1:18 privacy.salt',
    /file no, which cannot be read/,
  ],
  ['an empty secret', 'privacy: { salt: "" }', '1:18 privacy.salt', /is empty/],
  ['a source without name', 'sources:\n  - { format: nginx-json, tier: edge }', '2:5 sources[0].name', /is missing/],
  ['sources that are no list', 'sources: { a: 1 }', '1:1 sources', /must be a list/],
  ['a source that is a text', 'sources: [edge-a]', '1:11 sources[0]', /must have keys below it/],
  [
    'an unknown format',
    `sources: [{ name: a, format: ngin-json, tier: edge }]`,
    '1:30 sources[0].format',
    /"nginx-json"/,
  ],
  [
    'an unknown tier',
    `sources: [{ name: a, format: nginx-json, tier: cdn }]`,
    '1:48 sources[0].tier',
    /player, edge, shield/,
  ],
  [
    'a name no address can hold',
    `sources: [{ name: a/b, format: nginx-json, tier: edge }]`,
    '1:19 sources[0].name',
    /letters/,
  ],
  [
    'a CDN on an origin',
    `sources: [{ name: a, format: nginx-json, tier: origin, cdn: x }]`,
    '1:61 sources[0].cdn',
    /edge and/,
  ],
  [
    'an origin on an edge',
    `${SOURCE}, origin: x }`,
    '2:61 sources[0].origin',
    /belongs to origin, this source is edge/,
  ],
  ['a rate of zero', `${SOURCE}, sampleRate: 0 }`, '2:65 sources[0].sampleRate', /above 0 and up to 1, not 0/],
  ['a zone that is none', `${SOURCE}, timeZone: CEST }`, '2:63 sources[0].timeZone', /IANA time zone/],
  [
    'look-around in a pattern',
    `${SOURCE}, sessionPattern: "(?=a)(b)" }`,
    '2:69 sources[0].sessionPattern',
    /linear-time/,
  ],
  [
    'a back-reference in a pattern',
    `${SOURCE}, sessionPattern: '(a)\\1' }`,
    '2:69 sources[0].sessionPattern',
    /linear-time/,
  ],
  [
    'a pattern without a group',
    `${SOURCE}, sessionPattern: "abc" }`,
    '2:69 sources[0].sessionPattern',
    /needs a group/,
  ],
  [
    'secret beside auth',
    `${SOURCE}, secret: s, auth: { kind: bearer, token: t } }`,
    '2:61 sources[0].secret',
    /one of them/,
  ],
  ['a secret for files', `${SOURCE}, path: a.log, secret: s }`, '2:74 sources[0].secret', /this one reads files/],
  [
    'auth of no kind',
    `${SOURCE}, auth: { kind: magic } }`,
    '2:67 sources[0].auth.kind',
    /bearer, basic, header, firehose, certificate or oidc/,
  ],
  [
    'auth without its parts',
    `${SOURCE}, auth: { kind: basic, user: u } }`,
    '2:53 sources[0].auth.password',
    /must be text/,
  ],
  [
    'a foreign part of auth',
    `${SOURCE}, auth: { kind: bearer, token: t, user: u } }`,
    '2:85 sources[0].auth.user',
    /not a known key here\.$/,
  ],
  [
    'two sources of one name',
    `${SOURCE} }\n  - { name: edge-a, format: nginx-json, tier: edge }`,
    '3:13 sources[1].name',
    /taken by/,
  ],
  ['two listeners on one port', 'api: { port: 4318 }', '1:14 api.port', /4318, which ingest listens on/],
  ['a key written twice', 'log: { level: info }\nlog: { level: warn }', '2:1 ', /unique/i],
  ['two documents', 'log: {}\n---\nlog: {}', '2:1 ', /document/i],
  ['a tag that means nothing', 'log: { level: !env LEVEL }', '1:15 ', /tag/i],
  ['text that is not YAML', 'ingest: [', '1:10 ', /./],
  [
    'a bomb of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]`,
    '1:1 ',
    /alias/i,
  ],
];

for (const [name, text, place, message] of MISTAKES) {
  test(`${name} is refused`, () => {
    const found = problemsOf(text).map((problem) => ({
      place: `${problem.line}:${problem.column} ${problem.path}`,
      message: problem.message,
    }));
    expect(found).toContainEqual({ place, message: expect.stringMatching(message) });
  });
}

test('every problem is reported at once, in the order of the file', () => {
  const text = [
    'ingest:',
    '  prot: 4319',
    '  limits: { requestTimeout: 30, body: big }',
    'sources:',
    '  - { name: a, format: nope, tier: edge, origin: o }',
    '  - { name: a, format: nginx-json, tier: egde }',
    'log: { level: loud }',
  ].join('\n');
  expect(
    problemsOf(text, { PLAYPATH_API_PORT: 'x', PLAYPATH_NOPE: '1' }).map(({ line, path }) => [line, path]),
  ).toEqual([
    [0, 'PLAYPATH_NOPE'],
    [0, 'PLAYPATH_API_PORT'],
    [2, 'ingest.prot'],
    [3, 'ingest.limits.requestTimeout'],
    [3, 'ingest.limits.body'],
    [5, 'sources[0].format'],
    [5, 'sources[0].origin'],
    [6, 'sources[1].name'],
    [6, 'sources[1].tier'],
    [7, 'log.level'],
  ]);
});

test('the error names file, line and column of each problem and has the code config_invalid', () => {
  const read = () => readConfig('log:\n  level: loud\n  form: json');
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(
    [
      'playpath.yaml: 2 problems',
      '  playpath.yaml:2:10: log.level must be one of debug, info, warn, error, not "loud"',
      '  playpath.yaml:3:3: log.form is not a known key here. Did you mean "format"?',
    ].join('\n'),
  );
  expect(read).toThrow(expect.objectContaining({ code: 'config_invalid', retryable: false }));
});

test('a wrong secret is not repeated in the message', () => {
  const read = () => readConfig('privacy: { salt: [hunter2] }\nexport: { otlp: { headers: { a: { b: hunter2 } } } }');
  expect(read).toThrow(ConfigError);
  expect(read).not.toThrow(/hunter2/);
});
