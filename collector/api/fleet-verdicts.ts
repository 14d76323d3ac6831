import type { IncidentJson, SessionJson } from '../exporters/session-json.ts';
import type { Verdict } from '../model/incident.ts';

/** What sessions are compared by. `rendition` is a band of bitrates, because ladders differ. */
export const FLEET_DIMENSIONS = [
  'pop',
  'cdn',
  'network',
  'country',
  'title',
  'rendition',
  'device',
  'player',
  'stream',
] as const;
export type FleetDimension = (typeof FLEET_DIMENSIONS)[number];

/** One cause that strikes some part of the audience far more than the rest. Shares are 0–1. */
export type FleetVerdict = {
  readonly verdict: Verdict;
  readonly dimension: FleetDimension;
  readonly value: string;
  /** Sessions there with this verdict, of those there that had it or were well. */
  readonly badSessions: number;
  readonly sessions: number;
  readonly badShare: number;
  /** The same share everywhere else. */
  readonly baselineShare: number;
  /** How much of the bad and of the healthy sessions is there. */
  readonly shareOfBad: number;
  readonly shareOfHealthy: number;
  readonly sentence: string;
};

/** Fewer sessions prove nothing (semantics.md section 5). */
const MIN_SAMPLE = 30;
const MIN_BAD = 5;
/** Standard errors between there and elsewhere, and how many times as bad it has to be. */
const MIN_Z = 3.5;
const MIN_RATIO = 2;
/** Parts of the audience that one cause may strike at the same time. */
const PLACES_PER_VERDICT = 3;
const BANDS_KBPS = [500, 1_000, 2_500, 5_000, 10_000] as const;

type Judged = {
  readonly verdict: Verdict | '';
  readonly values: ReadonlyMap<FleetDimension, ReadonlySet<string>>;
};
type Candidate = Omit<FleetVerdict, 'sentence'> & { readonly z: number };

/**
 * Which part of the audience each cause strikes, most certain first. Pure: counts of session verdicts are compared
 * with the same dimension everywhere else; what one part explains is taken away before the next is looked for, so that
 * a broken site is told as that site and not as its CDN, its country and its network too.
 */
export function fleetVerdicts(sessions: Iterable<SessionJson>, minSample = MIN_SAMPLE): FleetVerdict[] {
  const judged = [...sessions].map(judge);
  const found: Candidate[] = [];
  for (const verdict of new Set(judged.map((session) => session.verdict))) {
    if (verdict === '' || verdict === 'unknown') continue;
    let left: readonly Judged[] = judged;
    for (let place = 0; place < PLACES_PER_VERDICT; place++) {
      const worst = worstPlace(left, verdict, minSample);
      if (worst === null) break;
      found.push(worst);
      left = left.filter(({ values }) => !values.get(worst.dimension)?.has(worst.value));
    }
  }
  return found.sort((a, b) => b.z - a.z).map(({ z: _, ...one }) => ({ ...one, sentence: sentenceOf(one) }));
}

/**
 * The sample is of everybody of whom the dimension is known; compared are those with this verdict and those who were
 * well.
 */
function worstPlace(everybody: readonly Judged[], verdict: Verdict, minSample: number): Candidate | null {
  let worst: Candidate | null = null;
  for (const dimension of FLEET_DIMENSIONS) {
    const sample = everybody.filter(({ values }) => values.get(dimension)?.size);
    const allBad = sample.filter((session) => session.verdict === verdict).length;
    const healthy = sample.filter((session) => session.verdict === '').length;
    if (allBad < MIN_BAD || sample.length < minSample) continue;
    const pooled = allBad / (allBad + healthy);
    for (const [value, { bad, well, others }] of countsOf(sample, verdict, dimension)) {
      const seen = bad + well + others;
      if (seen < minSample || sample.length - seen < minSample || bad < MIN_BAD) continue;
      const all = bad + well;
      const elsewhere = allBad + healthy - all;
      const badShare = bad / all;
      const baselineShare = (allBad - bad) / elsewhere;
      const z = (badShare - baselineShare) / Math.sqrt(pooled * (1 - pooled) * (1 / all + 1 / elsewhere));
      if (!(z >= MIN_Z) || badShare < MIN_RATIO * baselineShare || z <= (worst?.z ?? 0)) continue;
      const shares = { shareOfBad: bad / allBad, shareOfHealthy: healthy > 0 ? well / healthy : 0 };
      worst = { verdict, dimension, value, badSessions: bad, sessions: all, badShare, baselineShare, ...shares, z };
    }
  }
  return worst;
}

type Counts = { bad: number; well: number; others: number };

function countsOf(sample: readonly Judged[], wanted: Verdict, dimension: FleetDimension): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const { verdict, values } of sample) {
    for (const value of values.get(dimension) ?? []) {
      const count = counts.get(value) ?? { bad: 0, well: 0, others: 0 };
      count[verdict === wanted ? 'bad' : verdict === '' ? 'well' : 'others']++;
      counts.set(value, count);
    }
  }
  return counts;
}

/** A session's leading verdict, and where it was: of a bad one, where the requests were that prove it. */
function judge(session: SessionJson): Judged {
  const leading = leadingIncident(session.incidents);
  const where = leading?.where;
  const { client, dimensions, qoe } = session;
  const renderedKbps = (qoe.renderedKbit ?? 0) / (qoe.renderedMediaSeconds ?? 0);
  const values = new Map<FleetDimension, ReadonlySet<string>>();
  const put = (dimension: FleetDimension, ...known: readonly (string | undefined)[]): void => {
    values.set(dimension, new Set(known.filter((value) => value !== undefined && value !== '') as string[]));
  };
  put('cdn', ...(where?.cdn ? [where.cdn] : session.cdns));
  put('pop', ...(where?.pop ? [where.pop] : session.pops));
  put('network', client?.asn ? `AS${client.asn}` : undefined);
  put('country', dimensions.country);
  put('title', session.contentId);
  put('rendition', bandOf(where?.bitrateKbps ?? renderedKbps));
  put('device', dimensions.device);
  put('player', dimensions.player);
  put('stream', dimensions.streamType);
  return { verdict: leading?.verdict ?? '', values };
}

/** The cause that took most of the viewer's time; a silent failure hurt nobody who noticed. */
function leadingIncident(incidents: readonly IncidentJson[]): IncidentJson | undefined {
  const felt = incidents.filter(({ kind, verdict }) => kind !== 'silent_failure' && verdict !== 'unknown');
  const lostMs = new Map<Verdict, number>();
  for (const { verdict, beginMs, endMs } of felt) lostMs.set(verdict, (lostMs.get(verdict) ?? 0) + endMs - beginMs + 1);
  const [leading] = [...lostMs].sort((a, b) => b[1] - a[1])[0] ?? [];
  return felt.find(({ verdict }) => verdict === leading);
}

function bandOf(kbps: number | null): string | undefined {
  if (kbps === null || !(kbps > 0)) return undefined;
  const band = BANDS_KBPS.findIndex((limit) => kbps < limit);
  if (band < 0) return `over ${BANDS_KBPS.at(-1)} kbit/s`;
  return band === 0 ? `under ${BANDS_KBPS[0]} kbit/s` : `${BANDS_KBPS[band - 1]}–${BANDS_KBPS[band]} kbit/s`;
}

function sentenceOf({
  verdict,
  dimension,
  value,
  badSessions,
  sessions,
  badShare,
  baselineShare,
}: Omit<Candidate, 'z'>) {
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  return (
    `${dimension} ${value}: ${verdict} in ${badSessions} of ${sessions} sessions (${percent(badShare)}), ` +
    `${percent(baselineShare)} elsewhere.`
  );
}
