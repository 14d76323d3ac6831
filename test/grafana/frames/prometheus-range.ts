import { type WireFrame, wireFrame } from '../../../page/frames/wire-frame.ts';

// What Grafana's Prometheus data source makes of `/api/v1/query_range`: a frame per series. A double of its mapping.

/** The `data` of a range query's answer. */
export type PrometheusMatrix = {
  readonly resultType: 'matrix';
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    /** Seconds since 1970, and the value as text. */
    readonly values: readonly (readonly [seconds: number, value: string])[];
  }[];
};

/** `legend` is the query's legend format with its labels filled in, as the data source names a series. */
export function prometheusFrames(
  { result, resultType }: PrometheusMatrix,
  legend: (labels: Readonly<Record<string, string>>) => string,
  refId = 'A',
): WireFrame[] {
  return result.map(({ metric, values }) => {
    const { __name__: name, ...labels } = metric;
    const meta = { type: 'timeseries-multi', typeVersion: [0, 1], custom: { resultType } };
    return wireFrame(
      { name: name ?? legend(labels), refId, meta },
      [
        ['Time', 'time', ([seconds]) => Math.round(seconds * 1000)],
        [
          'Value',
          'number',
          ([, value]) => Number(value),
          { labels: { ...metric }, config: { displayNameFromDS: legend(labels) } },
        ],
      ],
      values,
    );
  });
}
