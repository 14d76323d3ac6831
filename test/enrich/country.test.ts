import { describe, expect, test } from 'vitest';
import { networkLookup } from '../../collector/enrich/country.ts';

test('without a database, IPv4 has a country and nothing has a network number', () => {
  const networks = networkLookup(null);
  expect(networks.country('8.8.8.8')).toBe('US');
  expect(networks.country('127.0.0.1')).toBe('');
  expect(networks.country('2001:4860:4860::8888')).toBe('');
  expect(networks.asn('8.8.8.8')).toBeNaN();
});

describe('a database of the operator is asked first', () => {
  test.each([
    ['GeoLite2 City', { country: { iso_code: 'DE' }, subdivisions: [{ iso_code: 'BY' }] }, 'DE-BY'],
    ['DB-IP City', { country: { iso_code: 'DE' }, subdivisions: [{ names: { en: 'Bavaria' } }] }, 'Bavaria'],
    ['IPinfo', { country: 'DE', region: 'Bavaria' }, 'Bavaria'],
    ['no part', { country: { iso_code: 'DE' } }, ''],
    ['nonsense', { subdivisions: 'x', region: 7 }, ''],
    ['nothing', null, ''],
  ])('%s: part of the country', (_, record, region) => {
    expect(networkLookup({ get: () => record }).region('8.8.8.8')).toBe(region);
  });

  for (const [shape, record, country, asn] of [
    ['GeoLite2 Country', { country: { iso_code: 'DE' } }, 'DE', Number.NaN],
    ['registered country only', { registered_country: { iso_code: 'fr' } }, 'FR', Number.NaN],
    ['GeoLite2 ASN', { autonomous_system_number: 3320 }, 'US', 3320],
    ['Enterprise traits', { country: { iso_code: 'DE' }, traits: { autonomous_system_number: 3320 } }, 'DE', 3320],
    ['IPinfo', { country: 'DE', asn: 'AS3320' }, 'DE', 3320],
    ['DB-IP lite', { country_code: 'DE' }, 'DE', Number.NaN],
    ['nothing', null, 'US', Number.NaN],
    ['nonsense', { country: 7, asn: 'x', __proto__: { country_code: 'DE' } }, 'US', Number.NaN],
  ] as const) {
    test(shape, () => {
      const networks = networkLookup({ get: () => record });
      expect(networks.country('8.8.8.8')).toBe(country);
      expect(networks.asn('8.8.8.8')).toBe(asn);
    });
  }
});
