import { type DataQueryRequest, type DataSourceInstanceSettings, dateTime } from '@grafana/data';
import { setBackendSrv, setTemplateSrv } from '@grafana/runtime';
import { render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { of, throwError } from 'rxjs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { PlaypathDataSource } from '../../src/datasource/PlaypathDataSource';
import { QueryEditor } from '../../src/datasource/QueryEditor';
import { type PlaypathQuery } from '../../src/datasource/types';

const FRAME = {
  schema: {
    name: 'audience',
    fields: [
      { name: 'time', type: 'time' },
      { name: 'starts', type: 'number', config: {} },
    ],
  },
  data: { values: [[1_000], [3]] },
};
const CATALOGUE = {
  dimensions: [
    { of: 'sessions', name: 'country', title: 'Country' },
    { of: 'deliveries', name: 'host', title: 'Host' },
  ],
  queries: [
    {
      name: 'audience',
      answers: 'The audience over time.',
      note: '',
      of: 'sessions',
      takes: ['interval'],
      needs: [],
      group: '',
      orders: [],
    },
    { name: 'totals', answers: 'One row.', note: '', of: 'sessions', takes: [], needs: [], group: '', orders: [] },
  ],
};

/** Grafana's proxy, and what it was asked. */
const urls: string[] = [];
let answer: (url: string) => unknown = () => FRAME;

beforeEach(() => {
  urls.length = 0;
  answer = (url) => (url.includes('/queries') ? CATALOGUE : FRAME);
  const fetch = ({ url }: { url: string }) => {
    urls.push(url);
    const data = answer(url);
    return data instanceof Error ? throwError(() => ({ data: { error: data.message } })) : of({ data });
  };
  setBackendSrv({ fetch } as unknown as Parameters<typeof setBackendSrv>[0]);
  setTemplateSrv({ replace: (text: string) => text } as unknown as Parameters<typeof setTemplateSrv>[0]);
});

const source = () =>
  new PlaypathDataSource({ url: '/api/datasources/proxy/uid/x', id: 1 } as unknown as DataSourceInstanceSettings);

const request = (targets: readonly Partial<PlaypathQuery>[]) =>
  ({
    targets: targets.map((target, index) => ({ refId: 'ABC'[index], ...target })),
    range: { from: dateTime(1_000), to: dateTime(2_000) },
    timezone: 'utc',
    scopedVars: {},
  }) as unknown as DataQueryRequest<PlaypathQuery>;

describe('the data source', () => {
  test('answers each query with a typed frame of its name', async () => {
    const { data } = await source().query(request([{ name: 'audience' }, { name: 'totals' }]));
    expect(data.map(({ refId }) => refId)).toEqual(['A', 'B']);
    expect(data[0].fields.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
      ['time', 'time'],
      ['starts', 'number'],
    ]);
    expect(urls[0]).toBe('/api/datasources/proxy/uid/x/api/v1/q/audience?from=1000&to=2000&timeZone=UTC');
  });

  test('asks nothing for a query that is hidden or not yet chosen', async () => {
    const { data } = await source().query(request([{ name: 'audience', hide: true }, { name: '' }]));
    expect([data, urls]).toEqual([[], []]);
  });

  test('says what the collector said', async () => {
    answer = () => new Error('limit must be a whole number from 1 to 1000');
    await expect(source().query(request([{ name: 'audience' }]))).rejects.toThrow('limit must be a whole number');
  });

  test('lists the values of a dimension for a variable', async () => {
    answer = () => ({
      schema: {
        name: 'values',
        fields: [
          { name: 'value', type: 'string' },
          { name: 'sessions', type: 'number' },
        ],
      },
      data: {
        values: [
          ['DE', 'ES'],
          [2, 1],
        ],
      },
    });
    expect(await source().metricFindQuery('country')).toEqual([{ text: 'DE' }, { text: 'ES' }]);
    expect(urls[0]).toContain('/api/v1/q/values?group=country');
  });

  test.each([
    ['well', () => CATALOGUE, 'success', 'The collector answers 2 queries.'],
    ['not, and why', () => new Error('this collector has no analytics store'), 'error', 'no analytics store'],
  ])('knows when it is %s', async (_, given, status, message) => {
    answer = given;
    const health = await source().testDatasource();
    expect(health.status).toBe(status);
    expect(health.message).toContain(message);
  });
});

describe('its query editor', () => {
  const edit = (query: Partial<PlaypathQuery>) =>
    render(
      <QueryEditor
        datasource={source()}
        query={{ refId: 'A', name: 'audience', ...query }}
        onChange={vi.fn()}
        onRunQuery={vi.fn()}
      />
    );

  test('shows the options that the chosen query takes', async () => {
    edit({});
    await waitFor(() => expect(screen.getByText('interval')).toBeInTheDocument());
    expect(screen.queryByText('limit')).not.toBeInTheDocument();
  });

  test('says why there is nothing to choose', async () => {
    answer = () => new Error('a token of purpose query is needed');
    edit({});
    await waitFor(() => expect(screen.getByText('a token of purpose query is needed')).toBeInTheDocument());
  });
});
