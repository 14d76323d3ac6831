import { describe, expect, test } from 'vitest';
import { parametersOf } from '../../src/datasource/parameters';
import { type PlaypathQuery } from '../../src/datasource/types';

const VARIABLES: Readonly<Record<string, string>> = { $country: 'DE,ES', $none: '', $group: 'cdn' };
const CONTEXT = {
  fromMs: 1_000,
  toMs: 2_000,
  timeZone: 'Europe/Madrid',
  replace: (text: string) => VARIABLES[text] ?? text,
};

function asked(query: Partial<PlaypathQuery>, context = CONTEXT): string {
  return parametersOf({ refId: 'A', name: 'audience_by', ...query }, context).toString();
}

describe('what the data source asks', () => {
  const time = 'from=1000&to=2000&timeZone=Europe%2FMadrid';
  test.each<[string, Partial<PlaypathQuery>, string]>([
    ['the time of the dashboard, in its time zone', {}, time],
    ['options', { options: { group: 'country', limit: '5' } }, `${time}&group=country&limit=5`],
    ['no options that are empty', { options: { group: '', limit: ' ' } }, time],
    ['options out of variables', { options: { group: '$group' } }, `${time}&group=cdn`],
    ['filters', { filters: [{ dimension: 'cdn', values: 'fastly' }] }, `${time}&cdn=fastly`],
    [
      'filters out of variables',
      { filters: [{ dimension: 'country', values: '$country' }] },
      `${time}&country=DE%2CES`,
    ],
    ['no filter that is empty', { filters: [{ dimension: 'country', values: '$none' }] }, time],
    ['no filter that was begun', { filters: [{ dimension: '', values: 'DE' }] }, time],
    ['text as it is, whatever it says', { options: { search: "a&b=c' OR 1" } }, `${time}&search=a%26b%3Dc%27+OR+1`],
  ])('%s', (_, query, parameters) => expect(asked(query)).toBe(parameters));

  test('no time zone where none is known', () =>
    expect(asked({}, { ...CONTEXT, timeZone: '' })).toBe('from=1000&to=2000'));
});
