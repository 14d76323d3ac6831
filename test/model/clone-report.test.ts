import { expect, test } from 'vitest';
import { cloneEvent, cloneReport } from '../../collector/model/clone-report.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { playerEvent, source } from '../receivers/support.ts';

/** Every field gets a value that is neither its default nor another field's. */
function filledReport(): RequestReport {
  const report = new RequestReport();
  report.source = source('edge-a');
  let n = 1;
  for (const target of [report, report.cmcd]) {
    for (const [name, value] of Object.entries(target)) {
      if (name === 'kind' || name === 'source' || name === 'cmcd' || name === 'client') continue;
      n += 1;
      if (Array.isArray(value)) {
        for (const at of value.keys()) value[at] = ++n;
        continue;
      }
      const filled = typeof value === 'number' ? n : typeof value === 'boolean' ? !value : `value-${n}`;
      Object.assign(target, { [name]: filled });
    }
  }
  report.client = {
    deviceKey: 'd',
    network: '192.0.2.0/24',
    country: 'NL',
    region: '',
    asn: 1,
    userAgent: 'ua',
    software: 's',
    deviceClass: 'tv',
    os: 'o',
    isBot: false,
  };
  return report;
}

test('a copy has every field of the report and of its CMCD', () => {
  const report = filledReport();
  const copy = cloneReport(report);
  expect(copy).toEqual(report);
  expect(copy.cmcd).not.toBe(report.cmcd);
});

test('clearing the original leaves the copy as it was', () => {
  const report = filledReport();
  const copy = cloneReport(report);
  report.clear();
  expect(copy).toEqual(filledReport());
});

test('player events are passed as they are', () => {
  const event = playerEvent();
  expect(cloneEvent(event)).toBe(event);
});
