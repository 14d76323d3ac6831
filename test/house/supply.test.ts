import { expect, test } from 'vitest';
import { judge } from '../support/audit.ts';
import { type Bom, billOf, reproducible } from '../support/sbom.ts';
import { text } from './tree.ts';

const report = (severity: string): string =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities: { left: { severity, range: '<2' } } });

for (const [name, output, outcome] of [
  ['nothing found', '{"auditReportVersion":2,"vulnerabilities":{}}', 'clean'],
  ['a moderate hole', report('moderate'), 'clean'],
  ['a high hole', report('high'), 'holes'],
  ['a critical hole', report('critical'), 'holes'],
  ['a registry without advisories', '{"message":"405 Method Not Allowed","statusCode":405}', 'unknown'],
  ['no registry', '', 'unknown'],
] as const) {
  test(`an audit with ${name} is ${outcome}`, () => {
    expect(judge(output).outcome).toBe(outcome);
  });
}

test('two bills of one lock are one, whenever and wherever they were made', () => {
  const bom = (name: string, when: string, serial: string, order: readonly string[]): Bom => ({
    serialNumber: serial,
    metadata: { timestamp: when, component: { name } },
    components: order.map((ref) => ({ 'bom-ref': ref })),
    dependencies: order.map((ref) => ({ ref })),
  });
  const one = reproducible(bom('here', '2026-01-01', 'urn:uuid:1', ['a', 'b']), 'playpath');
  expect(reproducible(bom('there', '2027-01-01', 'urn:uuid:2', ['b', 'a']), 'playpath')).toEqual(one);
  expect(reproducible(bom('here', '2026-01-01', 'urn:uuid:1', ['a', 'c']), 'playpath').serialNumber).not.toBe(
    one.serialNumber,
  );
});

test('the bill names every package that ships, with its licence', () => {
  const { packages } = JSON.parse(text('package-lock.json')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean; readonly version: string }>>;
  };
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
  const { components } = billOf({ name: 'playpath', folder: '.' });
  const refs = components.map((component) => component['bom-ref']);
  expect(new Set(refs)).toEqual(new Set(shipped));
  expect(components.filter((component) => !('licenses' in component))).toEqual([]);
});
