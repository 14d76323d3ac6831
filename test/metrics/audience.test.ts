import { describe, expect, test } from 'vitest';
import { type ConcurrencySnapshot, createMetrics } from '../../collector/metrics/index.ts';
import { series } from './exposition.ts';
import { VIEWER } from './facts.ts';

const NOBODY: ConcurrencySnapshot = { sessions: [], viewers: [], contents: [], cdns: [] };
const MOBILE = { ...VIEWER, device: 'mobile' };

describe('concurrency', () => {
  test('sessions by source and viewer; entries of one series are added up', () => {
    const metrics = createMetrics();
    metrics.concurrency({
      ...NOBODY,
      sessions: [
        { source: 'player', dimensions: VIEWER, count: 2 },
        { source: 'server', dimensions: VIEWER, count: 1 },
        { source: 'player', dimensions: MOBILE, count: 4 },
        { source: 'player', dimensions: VIEWER, count: 3 },
      ],
      viewers: [
        { dimensions: VIEWER, count: 5 },
        { dimensions: MOBILE, count: 4 },
      ],
    });
    expect(series(metrics, 'playpath_concurrent_sessions', 'source', 'device')).toEqual({
      'player desktop': 5,
      'server desktop': 1,
      'player mobile': 4,
    });
    expect(series(metrics, 'playpath_concurrent_viewers', 'device')).toEqual({ desktop: 5, mobile: 4 });
  });

  test('who is gone at the next sweep falls to zero, and says so', () => {
    const metrics = createMetrics();
    metrics.concurrency({ ...NOBODY, sessions: [{ source: 'player', dimensions: VIEWER, count: 2 }] });
    metrics.concurrency(NOBODY);
    const seen: number[] = [];
    for (const family of metrics.families())
      if (family.name === 'playpath_concurrent_sessions') family.visit((_, __, value) => seen.push(value));
    expect(seen).toEqual([0]);
  });

  test('the most watched contents have a series, the others are one', () => {
    const metrics = createMetrics({ contentTop: 2 });
    const sweep = (viewers: Record<string, number>) =>
      metrics.concurrency({
        ...NOBODY,
        contents: Object.entries(viewers).map(([contentId, count]) => ({ contentId, viewers: count })),
      });
    sweep({ a: 5, b: 9, c: 7, d: 1 });
    expect(series(metrics, 'playpath_content_concurrent_viewers', 'content')).toEqual({ b: 9, c: 7, other: 6 });
    sweep({ d: 3, e: 0 });
    expect(series(metrics, 'playpath_content_concurrent_viewers', 'content')).toEqual({ d: 3 });
  });

  test('sessions by the CDN they are on; a CDN nobody is on any more says 0', () => {
    const metrics = createMetrics();
    metrics.concurrency({
      ...NOBODY,
      cdns: [
        { cdn: 'edge-a', sessions: 2 },
        { cdn: 'edge-b', sessions: 5 },
      ],
    });
    metrics.concurrency({ ...NOBODY, cdns: [{ cdn: 'edge-b', sessions: 4 }] });
    const seen: number[] = [];
    for (const family of metrics.families())
      if (family.name === 'playpath_cdn_concurrent_sessions') family.visit((_, __, value) => seen.push(value));
    expect(seen).toEqual([0, 4]);
  });

  test('thousands of contents over time never use up the label', () => {
    const metrics = createMetrics({ contentTop: 3 });
    for (let sweep = 0; sweep < 2_000; sweep++)
      metrics.concurrency({ ...NOBODY, contents: [{ contentId: `title-${sweep}`, viewers: 1 }] });
    expect(series(metrics, 'playpath_content_concurrent_viewers', 'content')).toEqual({ 'title-1999': 1 });
    expect(series(metrics, 'playpath_label_overflow_total')).toEqual({});
  });

  test('equal contents rank by name, so that the choice does not flap', () => {
    const metrics = createMetrics({ contentTop: 1 });
    for (const contents of [
      ['b', 'a'],
      ['a', 'b'],
    ]) {
      metrics.concurrency({ ...NOBODY, contents: contents.map((contentId) => ({ contentId, viewers: 2 })) });
      expect(series(metrics, 'playpath_content_concurrent_viewers', 'content')).toEqual({ a: 2, other: 2 });
    }
  });
});

test('what is not knowable has no series, and never 0', () => {
  const metrics = createMetrics();
  const unknown = { starts: 3, streams: Number.NaN, downloads: 0, devices: 0, consumptionSeconds: Number.NaN };
  metrics.audience(VIEWER, { platformClass: 'external_video', window: 'rolling', ...unknown });
  metrics.audience(VIEWER, {
    platformClass: 'external_audio',
    window: 'rolling',
    starts: 2,
    streams: 1,
    downloads: 1,
    devices: 1,
    consumptionSeconds: 60,
  });
  const by = (name: string) => series(metrics, `playpath_audience_${name}`, 'platform_class');
  expect(by('starts_total')).toEqual({ external_video: 3, external_audio: 2 });
  expect(by('streams_total')).toEqual({ external_audio: 1 });
  expect(by('downloads_total')).toEqual({ external_audio: 1 });
  expect(by('consumption_seconds_total')).toEqual({ external_audio: 60 });
});
