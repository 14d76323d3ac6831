import { ratioExpression, ratioOf } from '../../../collector/metrics/ratios.ts';
import {
  type Alert,
  CDN_VIEWERS,
  ENOUGH_TENANT_VIEWERS,
  ENOUGH_VIEWERS,
  NOBODY_FIRING,
  TENANT_VIEWERS,
} from './alert.ts';

const VIEWERS = (range: string) => `sum by (tenant) (avg_over_time(playpath_concurrent_viewers[${range}]))`;
const BEFORE = 'sum by (tenant) (avg_over_time(playpath_concurrent_viewers[15m] offset 5m))';
const viewers = (values: string) => ['playpath_concurrent_viewers{tenant="default"}', values] as const;

const viewerDrop: Alert = {
  name: 'PlaypathViewerDrop',
  severity: 'page',
  domain: 'streaming',
  expression: `1 - ${VIEWERS('2m')}\n  / (${BEFORE} >= 50) > 0.5`,
  for: '2m',
  unit: 'percent',
  summary: '{{value}} of the viewers of {{tenant}} are gone within minutes',
  description:
    'Of the viewers that {{tenant}} had five to twenty minutes ago, {{value}} are not watching any more. The end of an event looks the same.',
  viewers: TENANT_VIEWERS,
  board: 'playpath-live-viewers',
  filters: { tenant: 'tenant' },
  runbook: {
    meaning:
      'More than half of the audience left within minutes. Either an event ended, or something took the picture from them, or we lost sight of them.',
    checks: [
      'Live viewers, "Viewers by title": one title alone is an event that ended, or its stream.',
      'Blind spots and data health: did the reports stop and not the viewers?',
      'Fleet QoE: start failures, stalls and errors in the same minutes.',
    ],
    fixes: [
      'The event is over: silence the alert for the next one with its calendar.',
      'One CDN or country: see PlaypathSegmentErrors.',
      'Reports stopped: see PlaypathIngestStopped.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'two thirds are gone at once, and after twenty minutes that is how many there are',
      series: [viewers('300x80 100x200')],
      expect: [
        { at: '25m', firing: [{ labels: { tenant: 'default' }, value: '66.67%', viewers: '100' }] },
        { at: '60m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'a third leaves after the match',
      series: [viewers('300x80 200x200')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'three viewers leave',
      series: [viewers('3x80 0x200')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
  ],
};

const BLIND = (window: string) => `(${ratioExpression(ratioOf('blind_spot'), { by: ['tenant'], window })})`;
const seen = (visibility: string, values: string) =>
  [`playpath_sessions_by_visibility_total{visibility="${visibility}",tenant="default"}`, values] as const;

const blindSpot: Alert = {
  name: 'PlaypathBlindSpotJump',
  severity: 'ticket',
  domain: 'streaming',
  expression: `${BLIND('30m')}
  - ${BLIND('6h').replaceAll('[6h]', '[6h] offset 30m')} > 0.15
and sum by (tenant) (increase(playpath_sessions_by_visibility_total[30m])) >= 100
and ${ENOUGH_TENANT_VIEWERS}`,
  for: '10m',
  unit: 'percent',
  summary: 'The blind spot of {{tenant}} grew by {{value}}',
  description:
    'The share of sessions of {{tenant}} that only servers saw is {{value}} of all sessions above what it was in the six hours before: players stopped reporting.',
  viewers: TENANT_VIEWERS,
  board: 'playpath-data-health',
  filters: { tenant: 'tenant' },
  runbook: {
    meaning: 'Players that used to report do not any more, while CDN logs still show their requests.',
    checks: [
      'Blind spots and data health, "Sessions by who saw them", by player and property: which release went silent?',
      'Rejected records by reason: `foreign_origin`, `unauthorized` or `bad_body` mean that reports arrive and are refused.',
      'A request of a page to the ingest port from outside: certificates, firewalls, blockers.',
    ],
    fixes: [
      'A release without the hook or without CMCD: put it back.',
      'Refused reports: correct `player.origins` or the proxy in front.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a fifth of the players goes silent, and is heard again',
      step: '1m',
      series: [
        viewers('400x400'),
        seen('both', '0+320x120 38400+240x40 48000+320x200'),
        seen('server', '0+80x120 9600+160x40 16000+80x200'),
      ],
      expect: [
        { at: '155m', firing: [{ labels: { tenant: 'default' }, value: '19.35%', viewers: '400' }] },
        { at: '5h', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'a large blind spot that has always been there',
      step: '1m',
      series: [viewers('400x200'), seen('both', '0+240x200'), seen('server', '0+160x200')],
      expect: [{ at: '3h', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a few sessions, all of them server-only',
      step: '1m',
      series: [viewers('3x200'), seen('both', '0+2x120 240x80'), seen('server', '0x120 0+2x80')],
      expect: [{ at: '155m', firing: NOBODY_FIRING }],
    },
  ],
};

const onCdn = (count: number) => ['playpath_cdn_concurrent_sessions{cdn="edge-a"}', `${count}x240`] as const;
const silent = (values: string) => ['playpath_silent_failures_total{cdn="edge-a",kind="5xx"}', values] as const;

const silentFailures: Alert = {
  name: 'PlaypathSilentFailures',
  severity: 'ticket',
  domain: 'streaming',
  expression: `(sum by (cdn) (increase(playpath_silent_failures_total{kind=~"5xx|timeout"}[15m])) >= 30)
  / sum by (cdn) (playpath_cdn_concurrent_sessions) > 0.2
and ${ENOUGH_VIEWERS}`,
  for: '5m',
  unit: 'percent',
  summary: 'Failures on {{cdn}} that no player reports: {{value}} of its sessions in 15 minutes',
  description:
    'Logs of {{cdn}} show errors and timeouts in sessions whose players reported none, as many as {{value}} of the sessions on it.',
  viewers: CDN_VIEWERS,
  board: 'playpath-cdn-origin',
  filters: { cdn: 'cdn' },
  runbook: {
    meaning:
      'Requests fail and players hide it by retrying. Viewers are not hurt yet; the next step of the fault will hurt them.',
    checks: [
      'CDN and origin, "Silent failures by kind" and "Errors by who made them" for that CDN.',
      'Session explorer with incident silent_failure: same site, same title, same object?',
    ],
    fixes: ['Send the request ids of some sessions to the CDN.', 'If it is your origin, see PlaypathOriginSlow.'],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a third of the sessions of a CDN in a quarter of an hour',
      series: [viewers('400x240'), onCdn(240), silent('0+1.34x120 160.8x120')],
      expect: [
        { at: '25m', firing: [{ labels: { cdn: 'edge-a' }, value: '33.5%', viewers: '240' }] },
        { at: '50m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'one in fifty',
      series: [viewers('4000x240'), onCdn(2_400), silent('0+0.8x240')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'three viewers',
      series: [viewers('3x240'), onCdn(3), silent('0+1x240')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
  ],
};

export const AUDIENCE_ALERTS: readonly Alert[] = [viewerDrop, blindSpot, silentFailures];
