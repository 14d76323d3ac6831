import type { DoctorFacts, SourceFacts } from './doctor-facts.ts';
import { ENOUGH, type Finding, finding, inOrder, pageOf, percent } from './finding.ts';
import { edgeFindings, playerFindings, upperFindings } from './tier-findings.ts';

const PLAYER_SKEW_MS = 60_000;

/** What the facts mean, worst first. Without anything wrong there is one finding that says so. */
export function findingsOf(facts: DoctorFacts): Finding[] {
  const sources = facts.sources();
  const found = sources.flatMap((source) => [
    ...unreadable(source),
    ...(source.source.tier === 'edge' ? edgeFindings(source) : []),
    ...(source.source.tier === 'origin' || source.source.tier === 'shield' ? upperFindings(source, sources) : []),
    ...(source.source.tier === 'player' ? playerFindings(source) : []),
  ]);
  found.push(...missingTiers(sources), ...sampled(facts, sources), ...playerClocks(facts));
  return inOrder(found);
}

function unreadable({ source, lines, refused, requests, events, preflights }: SourceFacts): Finding[] {
  const count = [...refused.values()].reduce((sum, value) => sum + value, 0);
  const all = Math.max(lines, count + requests + events + preflights);
  if (all === 0)
    return [finding('broken', 'empty', source.name, 'has no record at all', 'check its path, or what is sent to it')];
  if (count < 3 || count / all < 0.02) return [];
  const [reason = ''] = [...refused].sort((a, b) => b[1] - a[1])[0] ?? [];
  const share = percent(count / all);
  return [
    finding(
      count / all > 0.5 ? 'broken' : 'weak',
      'format_mismatch',
      source.name,
      `${share} of its records are no ${source.format}, most of them because of ${reason}`,
      `compare a line with ${pageOf(source.format)}, or name another format for this source`,
    ),
  ];
}

function missingTiers(sources: readonly SourceFacts[]): Finding[] {
  const has = (tier: string): boolean => sources.some(({ source, lines }) => source.tier === tier && lines > 0);
  const found: Finding[] = [];
  if (!has('edge')) {
    found.push(
      finding(
        'broken',
        'no_edge_log',
        '',
        'there is no edge log: most of what a player does shows only there',
        'connect the CDN (docs/connect)',
      ),
    );
  }
  if (!has('player')) {
    found.push(
      finding(
        'weak',
        'no_player',
        '',
        'no player reports anything: stalls and startup are inferred from requests',
        'let players post CMCD events, or load the hook (docs/connect/hls-js.md, docs/beacon.md)',
      ),
    );
  }
  if (!has('origin') && !has('shield')) {
    found.push(
      finding(
        'weak',
        'no_origin_log',
        '',
        'there is no log of an origin: a slow origin cannot be told from a slow miss',
        'read the log of the origin too (docs/connect/nginx.md)',
      ),
    );
  }
  return found;
}

function sampled(facts: DoctorFacts, sources: readonly SourceFacts[]): Finding[] {
  const { numbered, missing, sessions } = facts.sample();
  const edges = sources.filter(({ source, lines }) => source.tier === 'edge' && lines > 0);
  if (sessions === 0 || numbered < 3 * ENOUGH || missing < 0.15 * numbered) return [];
  return [
    finding(
      missing > 0.5 * numbered ? 'broken' : 'weak',
      'logs_sampled',
      edges.map(({ source }) => source.name).join(', '),
      `players counted ${numbered} requests, and ${percent(missing / numbered)} of them are in no log: the logs are ` +
        'sampled, or one CDN is missing',
      `log every request (${[...new Set(edges.map(({ source }) => pageOf(source.format)))].join(', ')}); a sampled log ` +
        'hides stalls and failures',
    ),
  ];
}

function playerClocks(facts: DoctorFacts): Finding[] {
  const offsets = facts.playerOffsetsMs();
  const wrong = offsets.filter((ms) => Math.abs(ms) > PLAYER_SKEW_MS).length;
  if (wrong === 0 || wrong < 0.2 * offsets.length) return [];
  return [
    finding(
      'weak',
      'player_clocks',
      'player',
      `${percent(wrong / offsets.length)} of the players' clocks are more than a minute off; they are corrected by ` +
        'what joins exactly, which needs ids',
      'send `rid` with the hook, or a request id the player can read (docs/connect/hls-js.md)',
    ),
  ];
}
