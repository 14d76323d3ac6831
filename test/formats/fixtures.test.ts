import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { FormatSettings } from '../../collector/formats/format.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import type { Source } from '../../collector/model/source.ts';
import { decodeLines, decoderOf, testClients, testDelivery, toPlain } from './decoding.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'formats');
const isUpdate = process.env.UPDATE_GOLDEN === '1';

test('every format has a fixture', () => {
  const missing = [...FORMATS.keys()].filter((name) => !existsSync(join(FOLDER, name, 'input.log')));
  const remedy = missing.map((name) => `add test/fixtures/formats/${name}/input.log, then UPDATE_GOLDEN=1`);
  expect(remedy).toEqual([]);
});

test('every fixture is of a format in collector/formats/index.ts', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const unknown = folders.map(({ name }) => name).filter((name) => name !== 'cmcd' && !FORMATS.has(name));
  expect(unknown).toEqual([]);
});

describe.each([...FORMATS.keys()])('%s', (name) => {
  const input = join(FOLDER, name, 'input.log');
  const golden = join(FOLDER, name, 'expected.json');

  test('makes of its fixture what was written down', (context) => {
    context.skip(!existsSync(input), 'no fixture');
    const actual = decodeFixture(name, input);
    if (isUpdate) writeFileSync(golden, `${JSON.stringify(actual, null, 2)}\n`);
    const expected: unknown = JSON.parse(readFileSync(golden, 'utf8'));
    expect(JSON.parse(JSON.stringify(actual))).toEqual(expected);
  });

  test('is read by a decoder that another upload has used as by a new one', (context) => {
    context.skip(!existsSync(input), 'no fixture');
    const { settings } = settingsOf(name);
    const whole = readFileSync(input);
    const withoutHeader = Buffer.from(whole.toString('latin1').replaceAll(/^#.*\n/gm, ''), 'latin1');
    const used = decoderOf(name, settings);
    for (const upload of [whole, withoutHeader, whole]) {
      expect(decodeLines(used, upload)).toEqual(decodeLines(decoderOf(name, settings), upload));
      used.beginDelivery?.();
      used.forgetHeader?.();
    }
  });

  test('lets no address and no secret through', (context) => {
    context.skip(!existsSync(input), 'no fixture');
    const text = JSON.stringify(decodeFixture(name, input).map(({ events }) => events));
    const addresses = text.match(/(?<![\d./])\d{1,3}(?:\.\d{1,3}){3}(?![\d./])/g) ?? [];
    // Hosts of the recorded runs are loopback addresses with a port; they are no client's.
    expect(addresses.filter((address) => address !== '127.0.0.1' && !address.endsWith('.0'))).toEqual([]);
    expect(text).not.toMatch(/eyJTdGF0|hmac=|token=|secret|17-abc|blargh/);
  });
});

type FixtureLine = { readonly line: string; readonly decoded: string; readonly events?: readonly unknown[] };

function settingsOf(name: string): { tier: Source['tier']; settings: Partial<FormatSettings> } {
  const file = join(FOLDER, name, 'settings.json');
  const { tier = 'edge', ...settings }: Partial<FormatSettings & Source> = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  return { tier, settings };
}

function decodeFixture(name: string, input: string): FixtureLine[] {
  const { tier, settings } = settingsOf(name);
  const bytes = readFileSync(input);
  const lines = bytes.toString('latin1').split('\n');
  const decoder = decoderOf(name, settings, testClients());
  return decodeLines(decoder, bytes, testDelivery({ tier })).map(({ decoded, events }, index) => ({
    line: `${index + 1}: ${(lines[index] ?? '').slice(0, 60)}`,
    decoded,
    ...(events.length > 0 ? { events: events.map(toPlain) } : {}),
  }));
}
