/** What answers can be grouped and filtered by: the columns of `sessions`, and what each is called in a query. */
export type Dimension = {
  /** For people. */
  readonly title: string;
  /** The value of a row of `s`. */
  readonly value: string;
  /** True for rows with one of `{name:Array(String)}`; by default what `value` says. */
  readonly filter?: string;
};

/** Texts only: a filter is a list of texts. */
export const DIMENSIONS = {
  content: { title: 'Content id', value: 's.content_id' },
  title: { title: 'Title', value: "if(s.title = '', s.content_id, s.title)" },
  show: { title: 'Show, from the catalogue', value: 's.show' },
  season: { title: 'Season, from the catalogue', value: 's.season' },
  episode: { title: 'Episode, from the catalogue', value: 's.episode' },
  producer: { title: 'Producer, from the catalogue', value: 's.producer' },
  distributor: { title: 'Distributor, from the catalogue', value: 's.distributor' },
  category: { title: 'Category, from the catalogue', value: 's.category' },
  stream_type: { title: 'Stream type: live, dvr, vod', value: 's.stream_type' },
  property: { title: 'Property: site or app', value: 's.property' },
  player: { title: 'Player', value: 's.player' },
  device: { title: 'Device class', value: 's.device_class' },
  software: { title: 'Browser or app', value: 's.software' },
  os: { title: 'Operating system', value: 's.os' },
  country: { title: 'Country', value: 's.country' },
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
  viewer: { title: 'Viewer, by the id the site sends', value: 's.viewer_id' },
  device_id: { title: 'Device key', value: 's.device_id' },
  tenant: { title: 'Tenant', value: 's.tenant', filter: 's.tenant IN {tenant:Array(String)}' },
} as const satisfies Record<string, Dimension>;

export type DimensionName = keyof typeof DIMENSIONS;

export function isDimension(name: string): name is DimensionName {
  return Object.hasOwn(DIMENSIONS, name);
}

/** A content beside the title that any of its sessions knows: not every player says it. */
export function groupColumns(group: DimensionName): string {
  const value = `${DIMENSIONS[group].value} AS ${group}`;
  return group === 'content' ? `${value}, max(s.title) AS title` : value;
}

export function filterOf(name: DimensionName): string {
  const dimension: Dimension = DIMENSIONS[name];
  return dimension.filter ?? `${dimension.value} IN {${name}:Array(String)}`;
}
