import { type RatioId, ratioExpression, ratioOf } from '../../../collector/metrics/ratios.ts';
import {
  type Alert,
  type AlertCase,
  type CaseSeries,
  ENOUGH_TENANT_VIEWERS,
  type Firing,
  NOBODY_FIRING,
  TENANT_VIEWERS,
} from './alert.ts';

/** A promise to viewers: so little of it may fail, over 30 days. */
type Objective = {
  readonly name: Alert['name'];
  readonly ratio: RatioId;
  readonly budget: number;
  /** Counts what the promise is about; a burn needs `sample` of them in an hour. */
  readonly counted: string;
  readonly sample: number;
  readonly what: string;
  readonly runbook: Alert['runbook'];
  /** Series of a fleet in which good and bad grow by so much each minute. */
  readonly fleet: (goodPerMinute: number, badPerMinute: number) => CaseSeries;
};

/** Windows and rates of the SRE workbook: 2 % and 5 % of a month's budget wake somebody, 10 % a day is a ticket. */
const BURNS = {
  page: [
    { rate: 14.4, long: '1h', short: '5m' },
    { rate: 6, long: '6h', short: '30m' },
  ],
  ticket: [
    { rate: 3, long: '1d', short: '2h' },
    { rate: 1, long: '3d', short: '6h' },
  ],
} as const;

const WATCHING: CaseSeries = [
  ['playpath_concurrent_viewers{tenant="default"}', '200x500'],
  ['playpath_incidents_total{kind="stall",verdict="edge_error",tenant="default"}', '0+4x500'],
];
const VIEWER = 'tenant="default",stream_type="vod"';

const OBJECTIVES: readonly Objective[] = [
  {
    name: 'PlaypathStartFailures',
    ratio: 'start_failure',
    budget: 0.005,
    counted: 'playpath_attempts_total',
    sample: 100,
    what: 'of attempts failed before the first frame',
    runbook: {
      meaning:
        'Viewers press play and get an error. More attempts fail for technical reasons than a promise of 99.5 % allows, and fast enough to use up the month.',
      checks: [
        'Fleet QoE, panel "Incidents by verdict": one verdict far above the others names the cause.',
        'Fleet QoE, panels by device and country: one of them alone is a player release or a network.',
        'CDN and origin: 4xx by reason shows refused tokens, 5xx shows servers.',
      ],
      fixes: [
        '`auth`: look at the clock and the lifetime of token signing. `drm`: at the licence server.',
        '`edge_error`, `origin_error`: move traffic away from the CDN or origin that answers 5xx.',
        '`client`: roll back the player release that the failing devices share.',
      ],
    },
    fleet: (good, bad) => [
      [`playpath_attempts_total{${VIEWER}}`, `0+${good + bad}x500`],
      [`playpath_start_failures_total{class="technical",${VIEWER}}`, `0+${bad}x500`],
    ],
  },
  {
    name: 'PlaypathRebuffering',
    ratio: 'rebuffer_connection',
    budget: 0.01,
    counted: 'playpath_playing_seconds_total',
    sample: 20 * 3_600 * 0.5,
    what: 'of the time people wanted to watch was spent waiting',
    runbook: {
      meaning:
        'Pictures stop. Viewers wait for data more than the 1 % of their time that the promise allows; stalls after seeks are left out.',
      checks: [
        'Fleet QoE, "Stalled time by verdict": who is to blame.',
        'CDN and origin, "First byte by tier": slow at the edge only on misses means the origin; also on hits means the edge.',
        'Fleet QoE by country: one country alone is a network, not the CDN.',
      ],
      fixes: [
        '`edge_slow`, `edge_error`: steer away from that CDN or site.',
        '`origin_slow`, `cache_miss`: raise cache lifetimes, put a shield in front, add origin capacity.',
        '`network`: offer a lower rendition; `abr`: look at the player release.',
      ],
    },
    fleet: (good, bad) => [
      [`playpath_playing_seconds_total{${VIEWER}}`, `0+${good}x500`],
      [`playpath_stalled_seconds_total{kind="connection",verdict="edge_error",${VIEWER}}`, `0+${bad}x500`],
    ],
  },
  {
    name: 'PlaypathPlaybackFailures',
    ratio: 'playback_failure',
    budget: 0.005,
    counted: 'playpath_sessions_ended_total',
    sample: 100,
    what: 'of plays ended in an error',
    runbook: {
      meaning: 'Playback that had begun broke off with a fatal error, more often than the promise of 99.5 % allows.',
      checks: [
        'Fleet QoE, "Incidents by verdict" with kind playback_failure.',
        'Session explorer with outcome and the leading verdict: do the sessions share a title, a device, a CDN?',
        'CDN and origin: segments answered 404 or 5xx.',
      ],
      fixes: [
        'One title: look at its packaging; republish it.',
        'One device or player version: roll back.',
        'One CDN: move traffic away from it.',
      ],
    },
    fleet: (good, bad) => [
      [`playpath_sessions_ended_total{outcome="played",${VIEWER}}`, `0+${good + bad}x500`],
      [`playpath_incidents_total{kind="playback_failure",verdict="origin_error",${VIEWER}}`, `0+${bad}x500`],
    ],
  },
];

/** A page and a ticket for every objective. */
export const SLO_ALERTS: readonly Alert[] = OBJECTIVES.flatMap((objective) => [
  burnAlert(objective, 'page'),
  burnAlert(objective, 'ticket'),
]);

function burnAlert(objective: Objective, severity: Alert['severity']): Alert {
  const { name, ratio, budget, what, counted, sample, runbook } = objective;
  const burns = BURNS[severity].map(({ rate, long, short }) => {
    const over = (window: string) => `${scoped(ratio, window)} > ${round(rate * budget)}`;
    return `(${over(short)}\n  and ${over(long)})`;
  });
  const enough = `sum by (tenant) (increase(${counted}[1h])) >= ${sample}`;
  return {
    name,
    severity,
    domain: 'streaming',
    expression: `(\n${burns.join('\nor\n')}\n)\nand ${enough}\nand ${ENOUGH_TENANT_VIEWERS}`,
    for: severity === 'page' ? '2m' : '15m',
    unit: 'percent',
    summary: `{{value}} ${what} ({{tenant}})`,
    description: `Of tenant {{tenant}}, {{value}} ${what}. The budget is ${round(100 * budget)} % over 30 days.`,
    viewers: TENANT_VIEWERS,
    board: 'playpath-fleet-qoe',
    filters: { tenant: 'tenant' },
    runbook,
    // Both severities have one name, and promtool asks by name: the cases of the page speak for both.
    cases: severity === 'page' ? casesOf(objective) : [],
  };
}

function scoped(ratio: RatioId, window: string): string {
  return `(${ratioExpression(ratioOf(ratio), { by: ['tenant'], window })})`;
}

/** Products of decimals, without the digits that binary fractions add. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** Minutes of a fleet of 200: good and bad attempts, or seconds. */
function casesOf({ ratio, budget, fleet }: Objective): readonly AlertCase[] {
  const cause = ratio === 'playback_failure' ? 'origin_error' : 'edge_error';
  const isTime = ratio === 'rebuffer_connection';
  const size = isTime ? 12_000 : 400;
  const at = (share: number): CaseSeries => [...WATCHING, ...fleet(size * (1 - share), round(size * share))];
  const few: CaseSeries = [
    ['playpath_concurrent_viewers{tenant="default"}', '3x500'],
    ...fleet(isTime ? 120 : 0.5, isTime ? 60 : 0.5),
  ];
  const burning = round(budget * 30);
  // Playing and failing of the same fleet: the ratio is bad / (good + bad) for each of the three.
  const firing = (severity: string, value = `${round(100 * burning)}%`, verdict = cause): Firing => ({
    labels: { tenant: 'default', severity },
    value,
    viewers: '200',
    verdict,
  });
  const spell = (values: string) => values.replace('x500', 'x60');
  const over: CaseSeries = [
    ...WATCHING,
    ...fleet(round(size * (1 - burning)), round(size * burning)).map(([name, values], index) => {
      const growth = values.replace(/^0\+|x500$/g, '');
      const total = Number(growth) * 60;
      // The last of them counts what is bad: it stops growing after an hour.
      const after = index === 1 ? `${round(total)}x440` : `${round(total)}+${growth}x440`;
      return [name, `${spell(values)} ${after}`] as const;
    }),
  ];
  return [
    {
      kind: 'fires',
      step: '1m',
      title:
        'thirty times the budget for an hour wakes somebody; the page ends with it, the ticket with the hours it spoils',
      series: over,
      expect: [
        { at: '30m', firing: [firing('page'), firing('ticket')] },
        { at: '100m', firing: [firing('ticket', isTime ? '20.62%' : '9.091%', 'edge_error')] },
        { at: '8h', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      step: '1m',
      title: 'half of the budget is what it is for',
      series: at(budget / 2),
      expect: [{ at: '2h', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      step: '1m',
      title: 'three viewers wake nobody, however badly they fare',
      series: few,
      expect: [{ at: '1h', firing: NOBODY_FIRING }],
    },
  ];
}
