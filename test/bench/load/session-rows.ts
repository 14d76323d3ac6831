import { SESSION_COLUMNS } from '../../../collector/store/session-columns.ts';
import type { Store } from '../../../collector/store/store.ts';

const DAYS = 30;
const TITLES = 5_000;

/** Values of a month of sessions as ClickHouse itself can make them; what is not named here is empty. */
const VALUES: Readonly<Record<string, string>> = {
  tenant: "['acme', 'beta', 'gamma'][1 + (h % 10 > 6) + (h % 10 > 8)]",
  trace_id: 'lower(hex(MD5(toString(n))))',
  session_id: 'trace_id',
  started_at: "toDateTime64({day:String}, 3, 'UTC') + (n % 86400)",
  ended_at: 'started_at + 60 + h % 3000',
  version: '1',
  outcome: "if(h % 50 = 0, 'start_failure', 'played')",
  visibility: "['both', 'both', 'both', 'both', 'server'][1 + h % 5]",
  content_id: `concat('title-', toString(toUInt32(${TITLES} * pow((h % 100003) / 100003, 3))))`,
  title: "concat('The Title ', content_id)",
  stream_type: "if(h % 4 = 0, 'live', 'vod')",
  property: "['web', 'app', 'tv'][1 + h % 3]",
  player: "['hls.js', 'dash.js', 'shaka'][1 + h % 3]",
  device_class: "['desktop', 'mobile', 'tv', 'tablet'][1 + h % 4]",
  software: "['Chrome', 'Safari', 'Firefox', 'Edge'][1 + h % 4]",
  os: "['Windows', 'iOS', 'Android', 'macOS'][1 + h % 4]",
  country: "['DE', 'US', 'ES', 'FR', 'GB', 'IT', 'NL', 'PL', 'SE', 'BR'][1 + h % 10]",
  network: "concat('192.0.', toString(h % 200), '.0/24')",
  asn: '64000 + h % 300',
  device_id: 'hex(h % 3000000)',
  platform_class: "if(visibility = 'server', 'external_video', 'player_full')",
  audience_window: "'rolling'",
  starts: '1',
  streams: "if(visibility = 'server', NULL, 1)",
  consumption_seconds: "if(visibility = 'server', NULL, h % 3000)",
  startup_seconds: "if(outcome = 'played', 0.2 + (h % 1000) / 300, NULL)",
  playing_seconds: 'h % 3000',
  stalled_seconds: 'if(h % 11 = 0, h % 20, 0)',
  stalls: 'h % 11 = 0',
  rendered_kbit: '3000 * (h % 3000)',
  rendered_media_seconds: 'h % 3000',
  cdn: "['cloudfront', 'fastly', 'akamai'][1 + h % 3]",
  cdns: '[cdn]',
  pops: "[concat('POP', toString(h % 80))]",
  requests: 'h % 800',
  bytes: '1000000 * (h % 3000)',
  verdict: "if(h % 11 = 0, 'network', '')",
  incident_kinds: "if(h % 11 = 0, ['stall'], [])",
  incident_verdicts: "if(h % 11 = 0, ['network'], [])",
  incident_confidences: 'if(h % 11 = 0, [toFloat32(0.9)], [])',
  incident_begins: 'if(h % 11 = 0, [started_at + 10], [])',
  incident_ends: 'if(h % 11 = 0, [started_at + 20], [])',
  incident_cdns: 'if(h % 11 = 0, [cdn], [])',
  incident_pops: 'if(h % 11 = 0, pops, [])',
  incident_sentences: "if(h % 11 = 0, ['stalled for 10 s: the network carried 4 segments slower than they play.'], [])",
};

/** Fills `sessions` with a month that ends before `endMs`; ClickHouse makes the rows, so it takes seconds, not minutes. */
export async function fillMonth(store: Store, rows: number, endMs: number): Promise<void> {
  const columns = SESSION_COLUMNS.map(([name]) => name).filter((name) => Object.hasOwn(VALUES, name));
  const values = columns.map((name) => `${VALUES[name]} AS ${name}`).join(', ');
  const perDay = Math.ceil(rows / DAYS);
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(endMs - (DAYS - day) * 86_400_000).toISOString().slice(0, 10);
    await store.exec(
      `INSERT INTO playpath.sessions (${columns.join(', ')})
       SELECT ${columns.join(', ')} FROM (SELECT number AS n, cityHash64(number) AS h, ${values}
       FROM numbers(${day * perDay}, ${perDay}))`,
      { day: date },
    );
  }
}
