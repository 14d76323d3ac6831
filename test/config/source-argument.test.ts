import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { replaySources } from '../../collector/config.ts';
import { FORMATS } from './read-config.ts';

const parse = (...texts: string[]) => replaySources(texts, { formats: FORMATS });

test('an argument names file, format, tier and emitter', () => {
  const [edge] = parse('logs/a=b.json=nginx-json:edge:edge-a');
  expect(edge).toEqual({
    source: {
      index: 0,
      name: 'edge-a',
      format: 'nginx-json',
      tier: 'edge',
      emitter: 'edge-a',
      tenant: 'default',
      timeZone: 'UTC',
      sampleRate: 1,
      latenessMs: 300_000,
    },
    fields: [],
    sessionPattern: '',
    paths: [resolve('logs/a=b.json')],
    otlpNames: [],
    auth: null,
  });
});

test('the order of the arguments changes nothing', () => {
  const texts = ['b=nginx-json:edge:b', 'a=nginx-json:origin:o', 'c=nginx-json:player:player'];
  expect(parse(...texts)).toEqual(parse(...texts.toReversed()));
});

test('two files may come from one emitter', () => {
  expect(parse('a=nginx-json:edge:e', 'b=nginx-json:edge:e').map(({ source }) => source.emitter)).toEqual(['e', 'e']);
});

for (const [text, message] of [
  ['a.json', /must look like FILE=FORMAT:TIER:NAME/],
  ['=nginx-json:edge:e', /must look like/],
  ['a=nginx-json:edge', /must look like/],
  ['a=nginx-json:edge:e:f', /must look like/],
  ['a=ngins-json:edge:e', /format "ngins-json" is not a known format. Did you mean "nginx-json"\?/],
  ['a=nginx-json:egde:e', /tier must be one of player, edge, shield, origin. Did you mean "edge"\?/],
  ['a=nginx-json:edge:', /name must start with a letter or digit/],
  ['a=nginx-json:edge:a b', /name must start with a letter or digit/],
] as const) {
  test(`${text} is refused`, () => expect(() => parse(text)).toThrow(message));
}

test('all wrong arguments are reported at once', () => {
  expect(() => parse('a', 'b=x:y:z')).toThrow(/3 problems/);
});
