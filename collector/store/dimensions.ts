/** What answers can be grouped and filtered by: columns of a table, and what each is called in a query. */
export type Dimension = {
  /** For people. */
  readonly title: string;
  /** The value of a row of `s`. */
  readonly value: string;
  /** True for rows with one of `{name:Array(String)}`; by default what `value` says. */
  readonly filter?: string;
  /** Known when the catalogue stands beside the row. */
  readonly isCatalogued?: true;
};

/** Texts only: a filter is a list of texts. */
const SESSION_DIMENSIONS: Readonly<Record<string, Dimension>> = {
  content: { title: 'Content id', value: 's.content_id' },
  title: { title: 'Title', value: "if(s.title = '', s.content_id, s.title)", isCatalogued: true },
  show: { title: 'Show, from the catalogue', value: 's.show', isCatalogued: true },
  season: { title: 'Season, from the catalogue', value: 's.season', isCatalogued: true },
  episode: { title: 'Episode, from the catalogue', value: 's.episode', isCatalogued: true },
  producer: { title: 'Producer, from the catalogue', value: 's.producer', isCatalogued: true },
  distributor: { title: 'Distributor, from the catalogue', value: 's.distributor', isCatalogued: true },
  category: { title: 'Category, from the catalogue', value: 's.category', isCatalogued: true },
  stream_type: { title: 'Stream type: live, dvr, vod', value: 's.stream_type' },
  property: { title: 'Property: site or app', value: 's.property' },
  player: { title: 'Player', value: 's.player' },
  device: { title: 'Device class', value: 's.device_class' },
  software: { title: 'Browser or app', value: 's.software' },
  os: { title: 'Operating system', value: 's.os' },
  country: { title: 'Country', value: 's.country' },
  region: { title: 'Part of the country, from the log or a database', value: 's.region' },
  referrer: { title: 'Host of the page it was watched on', value: 's.referrer' },
  network: { title: 'Network, cut to /24 or /48', value: 's.network' },
  asn: { title: 'Autonomous system', value: "if(s.asn = 0, '', toString(s.asn))" },
  cdn: { title: 'CDN of the first media request', value: 's.cdn', filter: 'hasAny(s.cdns, {cdn:Array(String)})' },
  pop: { title: 'PoP', value: 'arrayJoin(s.pops)', filter: 'hasAny(s.pops, {pop:Array(String)})' },
  outcome: { title: 'Outcome', value: 's.outcome' },
  visibility: { title: 'Who reported it: player, server, both', value: 's.visibility' },
  verdict: { title: 'Verdict of its worst incident', value: 's.verdict' },
  incident: {
    title: 'Kind of incident',
    value: 'arrayJoin(s.incident_kinds)',
    filter: 'hasAny(s.incident_kinds, {incident:Array(String)})',
  },
  error: { title: 'Error code of the player', value: 's.error_code' },
  platform_class: { title: 'Platform class', value: 's.platform_class' },
  audience_window: { title: 'Which 24 hours count once: rolling, fixed', value: 's.audience_window' },
  viewer: { title: 'Viewer, by the id the site sends', value: 's.viewer_id' },
  device_id: { title: 'Device key', value: 's.device_id' },
  tenant: { title: 'Tenant', value: 's.tenant' },
};

const DELIVERY_DIMENSIONS: Readonly<Record<string, Dimension>> = {
  tenant: { title: 'Tenant', value: 's.tenant' },
  source: { title: 'Configured source', value: 's.source' },
  tier: { title: 'Tier: edge, shield, origin', value: 's.tier' },
  server: { title: 'CDN or origin', value: 's.server' },
  pop: { title: 'PoP', value: 's.pop' },
  host: { title: 'Host that was asked', value: 's.host' },
  method: { title: 'Method', value: 's.method' },
  status: { title: 'Status', value: "ifNull(toString(s.status), '')" },
  status_class: {
    title: 'Class of status: 2xx, 5xx',
    value: "ifNull(concat(toString(intDiv(s.status, 100)), 'xx'), '')",
  },
  cache: { title: 'Cache result', value: 's.cache_status' },
  object_type: { title: 'Object type', value: 's.object_type' },
  error: { title: 'Why it was not completed', value: 's.error_type' },
  country: { title: 'Country', value: 's.country' },
  region: { title: 'Part of the country', value: 's.region' },
  referrer: { title: 'Host of the page that asked', value: 's.referrer' },
  asn: { title: 'Autonomous system', value: "if(s.asn = 0, '', toString(s.asn))" },
  network: { title: 'Network, cut to /24 or /48', value: 's.network' },
  device: { title: 'Device class', value: 's.device_class' },
  software: { title: 'Browser or app', value: 's.software' },
  device_id: { title: 'Device key', value: 's.device_id' },
  path: { title: 'Path', value: 's.path' },
  trace_id: { title: 'Trace id of the session', value: 's.trace_id' },
};

/** Tables that can be asked, with the column of their time and what they can be grouped and filtered by. */
export const TABLES = {
  sessions: { time: 's.started_at', dimensions: SESSION_DIMENSIONS },
  deliveries: { time: 's.at', dimensions: DELIVERY_DIMENSIONS },
} as const;
export type TableName = keyof typeof TABLES;

export function dimensionOf(table: TableName, name: string): Dimension | undefined {
  const { dimensions } = TABLES[table];
  return Object.hasOwn(dimensions, name) ? dimensions[name] : undefined;
}

/** True for rows with one of `{name:Array(String)}`. */
export function filterOf(name: string, { value, filter }: Dimension): string {
  return filter ?? `${value} IN {${name}:Array(String)}`;
}
