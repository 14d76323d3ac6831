import { secondsToMs } from './decimal.ts';

/** What nginx says about the servers it asked, folded into one. NaN where it does not say. */
export type UpstreamTimes = {
  readonly ttfbMs: number;
  readonly durationMs: number;
  readonly status: number;
};

/**
 * `$upstream_header_time`, `$upstream_response_time` and `$upstream_status` as lists: one entry per server tried,
 * separated by `, `, and by ` : ` where an internal redirect changed the group; `-` where the phase was not reached.
 * https://nginx.org/en/docs/http/ngx_http_upstream_module.html#variables
 * The first byte came from the last server, after all time spent on the ones before it.
 */
export function upstreamTimes(headerTimes: string, responseTimes: string, statuses: string): UpstreamTimes {
  const headers = numbersOf(headerTimes);
  const responses = numbersOf(responseTimes);
  const before = headers.length === responses.length ? sum(responses.slice(0, -1)) : 0;
  return {
    ttfbMs: secondsToMs(before + (headers.at(-1) ?? Number.NaN)),
    durationMs: responses.length === 0 ? Number.NaN : secondsToMs(sum(responses)),
    status: numbersOf(statuses).at(-1) ?? Number.NaN,
  };
}

function numbersOf(list: string): readonly number[] {
  if (list === '') return [];
  return list.split(/,| : /).map((entry) => {
    const text = entry.trim();
    return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  });
}

/** A phase that was not reached took no time that anybody measured. */
function sum(seconds: readonly number[]): number {
  return seconds.reduce((total, second) => (Number.isNaN(second) ? total : total + second), 0);
}
