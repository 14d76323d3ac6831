import { expect, test } from 'vitest';
import { FirstSight } from '../../collector/exporters/first-sight.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { series } from '../metrics/exposition.ts';
import { report, SESSION, T0, VIEWER } from '../metrics/facts.ts';

/** A process whose counters go up while `scraper` looks at them. */
function scraped(firstSight: FirstSight, metrics = createMetrics()) {
  const seen = (scraper: string, name: string, isReceived = true): readonly number[] => {
    const values: number[] = [];
    const { families, received } = firstSight.for(scraper, metrics.families());
    for (const family of families) {
      family.visit((suffix, _labels, value) => {
        if (family.name + suffix === name) values.push(value);
      });
    }
    if (isReceived) received();
    return values;
  };
  return { metrics, seen };
}

const REQUESTS = 'playpath_requests_total';

test('a series that is born between two visits is 0 once, then what it counted', () => {
  const { metrics, seen } = scraped(new FirstSight());
  expect(seen('prometheus', REQUESTS)).toEqual([]);
  metrics.delivery(report({ status: 200 }));
  metrics.delivery(report({ status: 200 }));
  expect(seen('prometheus', REQUESTS)).toEqual([0]);
  expect(seen('prometheus', REQUESTS)).toEqual([2]);
  metrics.delivery(report({ status: 503 }));
  expect(seen('prometheus', REQUESTS)).toEqual([2, 0]);
  metrics.delivery(report({ status: 503 }));
  expect(seen('prometheus', REQUESTS)).toEqual([2, 2]);
});

test('buckets, sum and count of a histogram begin together', () => {
  const { metrics, seen } = scraped(new FirstSight());
  seen('prometheus', REQUESTS);
  metrics.tick(T0);
  metrics.startup(SESSION, VIEWER, 840);
  const sums = () =>
    ['bucket', 'sum', 'count'].map((suffix, index, { length }) =>
      seen('prometheus', `playpath_startup_seconds_${suffix}`, index === length - 1).reduce(
        (sum, value) => sum + value,
        0,
      ),
    );
  expect(sums()).toEqual([0, 0, 0]);
  expect(sums()).toEqual([expect.any(Number), 0.84, 1]);
  expect(sums()[0]).toBeGreaterThan(1);
});

test('a scrape that got lost on its way is no visit', () => {
  const { metrics, seen } = scraped(new FirstSight());
  seen('prometheus', REQUESTS);
  metrics.delivery(report({ status: 200 }));
  expect(seen('prometheus', REQUESTS, false)).toEqual([0]);
  expect(seen('prometheus', REQUESTS)).toEqual([0]);
  expect(seen('prometheus', REQUESTS)).toEqual([1]);
});

test('what was there at the first visit is history', () => {
  const { metrics, seen } = scraped(new FirstSight());
  metrics.delivery(report({ status: 200 }));
  expect(seen('prometheus', REQUESTS)).toEqual([1]);
});

test('every scraper has a first sight of its own', () => {
  const { metrics, seen } = scraped(new FirstSight());
  seen('one', REQUESTS);
  seen('two', REQUESTS);
  metrics.delivery(report({ status: 200 }));
  expect(seen('one', REQUESTS)).toEqual([0]);
  expect(seen('two', REQUESTS)).toEqual([0]);
  expect(seen('one', REQUESTS)).toEqual([1]);
});

test('gauges are what they are', () => {
  const { metrics, seen } = scraped(new FirstSight());
  seen('prometheus', REQUESTS);
  const sessions = [{ source: 'player', dimensions: VIEWER, count: 3 }] as const;
  metrics.concurrency({ sessions, viewers: [], contents: [], cdns: [] });
  expect(seen('prometheus', 'playpath_concurrent_sessions')).toEqual([3]);
});

test('more scrapers than there can be see values as they are', () => {
  const { metrics, seen } = scraped(new FirstSight());
  for (let scraper = 0; scraper < 20; scraper++) seen(`scraper ${scraper}`, REQUESTS);
  metrics.delivery(report({ status: 200 }));
  expect(seen('scraper 19', REQUESTS)).toEqual([1]);
  expect(series(metrics, REQUESTS, 'status_class')).toEqual({ '2xx': 1 });
});
