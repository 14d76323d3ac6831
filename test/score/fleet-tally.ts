import { type FleetDimension, type FleetVerdict, fleetVerdicts } from '../../collector/api/fleet-verdicts.ts';
import type { SessionJson } from '../../collector/exporters/session-json.ts';
import type { Verdict } from '../../collector/model/incident.ts';
import type { Fault } from '../lab/incident-plan.ts';
import type { IncidentSpec, Scenario } from '../lab/scenario.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import type { Tally } from './tally.ts';

/** What a fault is to those it hits; moving viewers elsewhere hurts nobody. */
const CAUSE_OF: Readonly<Record<Fault, Verdict | ''>> = {
  edge_5xx: 'edge_error',
  edge_slow: 'edge_slow',
  origin_5xx: 'origin_error',
  origin_slow: 'origin_slow',
  miss_storm: 'cache_miss',
  congestion: 'network',
  abr_oscillation: 'abr',
  manifest_stale: 'manifest_stale',
  token_expired: 'auth',
  player_crash: 'client',
  steering: '',
  silent_reroute: '',
};
/** The minimum sample of fleet verdicts: below it nobody can be asked to find anything. */
const MIN_SESSIONS = 30;
const MIN_HIT = 5;
/** A part that fares no worse than this many times the rest is no culprit. */
const MIN_RATIO = 2;

type Place = { readonly dimension: FleetDimension; readonly value: string; readonly cdn: string };

/**
 * Which part of the audience the faults really struck against what fleet verdicts told: `fleet/culprits|found|first` of
 * the faults that somebody injected at one place, `fleet/told|right` of the verdicts.
 */
export function tallyFleet(
  scenario: Scenario,
  truths: readonly SessionTruth[],
  sessions: readonly SessionJson[],
  tally: Tally,
): void {
  const told = fleetVerdicts(sessions);
  const causes = truths.map((truth) => ({ truth, cause: leadingCause(truth) }));
  const injected = new Set(scenario.incidents.map(({ fault }) => CAUSE_OF[fault]));
  for (const spec of scenario.incidents) {
    const cause = CAUSE_OF[spec.fault];
    const place = placeOf(spec);
    if (cause === '' || place === null) continue;
    const there = causes.filter(({ truth }) => isAt(truth, place));
    const hit = there.filter((one) => one.cause === cause).length;
    const isEnough = there.length >= MIN_SESSIONS && truths.length - there.length >= MIN_SESSIONS && hit >= MIN_HIT;
    if (!isEnough) continue;
    tally.add('fleet/culprits');
    const ofCause = told.filter(({ verdict }) => verdict === cause);
    if (ofCause.some((one) => names(one, place))) tally.add('fleet/found');
    if (ofCause[0] !== undefined && names(ofCause[0], place)) tally.add('fleet/first');
  }
  for (const one of told) {
    if (!isKnownToLab(one.dimension)) continue;
    tally.add('fleet/told');
    if (injected.has(one.verdict) && isStruck(one, causes)) tally.add('fleet/right');
  }
}

/** Where a fault was injected; null is everywhere. The site says more than its CDN. */
function placeOf({ cdn, site, content, network }: IncidentSpec): Place | null {
  if (site !== '') return { dimension: 'pop', value: site, cdn };
  if (content !== '') return { dimension: 'title', value: content, cdn: '' };
  if (network !== '') return { dimension: 'country', value: network, cdn: '' };
  return cdn === '' ? null : { dimension: 'cdn', value: cdn, cdn };
}

function names({ dimension, value }: FleetVerdict, place: Place): boolean {
  return dimension === place.dimension && (dimension === 'pop' ? value.startsWith(place.value) : value === place.value);
}

/** Bitrates, networks and players have other names in the lab: of those it cannot say how they fared. */
function isKnownToLab(dimension: FleetDimension): boolean {
  return ['pop', 'cdn', 'country', 'title', 'device', 'stream'].includes(dimension);
}

function isAt(truth: SessionTruth, { dimension, value, cdn }: Place): boolean {
  switch (dimension) {
    case 'pop':
      return value.startsWith(truth.site) && (cdn === '' || truth.cdns.includes(cdn));
    case 'cdn':
      return truth.cdns.includes(value);
    case 'country':
      return truth.country === value;
    case 'title':
      return truth.content === value;
    case 'device':
      return truth.device === value;
    default:
      return truth.streamType === value;
  }
}

/** Whether the cause took its victims there, at least twice as often as anywhere else. */
function isStruck(
  { verdict, dimension, value }: FleetVerdict,
  causes: readonly { readonly truth: SessionTruth; readonly cause: Verdict | '' }[],
): boolean {
  const compared = causes.filter(({ cause }) => cause === verdict || cause === '');
  const share = (isThere: boolean): number => {
    const part = compared.filter(({ truth }) => isAt(truth, { dimension, value, cdn: '' }) === isThere);
    return part.filter(({ cause }) => cause === verdict).length / Math.max(1, part.length);
  };
  return share(true) > 0 && share(true) >= MIN_RATIO * share(false);
}

/** The cause that took most of this viewer's time; '' when nothing hurt. */
function leadingCause({ incidents }: SessionTruth): Verdict | '' {
  const lostMs = new Map<Verdict, number>();
  for (const { cause, beginMs, endMs } of incidents) {
    if (cause !== 'unknown') lostMs.set(cause, (lostMs.get(cause) ?? 0) + endMs - beginMs + 1);
  }
  return [...lostMs].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
