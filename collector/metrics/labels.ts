import { AUDIENCE_EXCLUSIONS, AUDIENCE_WINDOWS, PLATFORM_CLASSES } from '../model/audience.ts';
import { RECEIVER_REASONS, REJECT_REASONS } from '../model/event.ts';
import { INCIDENT_KINDS, VERDICTS } from '../model/incident.ts';
import { JOIN_METHODS } from '../model/joined-request.ts';
import { CACHE_STATUSES, OBJECT_TYPES } from '../model/media.ts';
import { TIERS } from '../model/source.ts';
import { SCORE_VERSION } from './experience-score.ts';

/** The value of every label once its budget is spent, or for a word its closed set does not know. */
export const OTHER = 'other';

/**
 * One label of one metric: a closed set of values, or the budget of distinct values an open set may take.
 * Every label may also say `other`. `absent` is what a missing value is called, because Prometheus takes an empty
 * label for no label at all.
 */
export type LabelDefinition = {
  readonly name: string;
  readonly meaning: string;
  readonly absent: string;
} & ({ readonly values: readonly string[] } | { readonly budget: BoundName });

/** Distinct values of the open label sets, one process wide; the config may raise or lower each. */
export const BUDGETS = {
  tenant: 63,
  property: 255,
  player: 63,
  device: 15,
  country: 255,
  /** Combinations of all six viewer dimensions. */
  viewer: 2_047,
  cdn: 63,
  /** Pairs of emitter and tier. */
  emitter: 255,
  pop: 1_023,
  status: 31,
  source: 255,
} as const satisfies Record<string, number>;
export type BudgetName = keyof typeof BUDGETS;

/** Above these the labels of a metric would no longer fit side by side in a key. */
export const BUDGET_LIMITS: Readonly<Record<BudgetName, number>> = {
  tenant: 1_023,
  property: 16_383,
  player: 1_023,
  device: 63,
  country: 511,
  viewer: 65_535,
  cdn: 4_095,
  emitter: 255,
  pop: 4_095,
  status: 31,
  source: 65_535,
};

/** All bounds of open labels: the budgets, the ranking of contents, and our own metric names. */
export const BOUNDS = { ...BUDGETS, content: 200, metric: 127 } as const satisfies Record<string, number>;
export type BoundName = keyof typeof BOUNDS;
export type Bounds = { readonly [name in BoundName]: number };

function closed(name: string, values: readonly string[], meaning: string, absent = OTHER): LabelDefinition {
  return { name, meaning, absent, values: values.filter((value) => value !== '' && value !== OTHER) };
}

function open(name: string, budget: BoundName, meaning: string, absent: string): LabelDefinition {
  return { name, meaning, absent, budget };
}

export const TENANT = open('tenant', 'tenant', 'customer whose data is kept apart', 'default');
export const PROPERTY = open('property', 'property', 'site, app or player where content is consumed', 'others');
export const STREAM_TYPE = closed('stream_type', ['live', 'dvr', 'vod', 'unknown'], 'kind of stream', 'unknown');
export const PLAYER = open('player', 'player', 'player or application', 'unknown');
export const DEVICE = open('device', 'device', 'device class', 'unknown');
export const COUNTRY = open('country', 'country', 'ISO 3166-1 alpha-2 country', 'unknown');
/** The dimensions of a viewer: on the QoE families, and only there. */
export const VIEWER = [TENANT, PROPERTY, STREAM_TYPE, PLAYER, DEVICE, COUNTRY] as const;

export const CDN = open('cdn', 'cdn', 'configured name of the CDN, or of the origin for `tier="origin"`', 'unknown');
export const TIER = closed('tier', TIERS, 'party that reported');
export const POP = open('pop', 'pop', 'site code of the vendor', 'none');
export const OBJECT_TYPE = closed('object_type', OBJECT_TYPES, 'CMCD `ot` spelled out');
export const STATUS_CLASS = closed(
  'status_class',
  ['1xx', '2xx', '3xx', '4xx', '5xx', 'abort'],
  '`abort`: the client left or nothing was answered (000, 0, 499)',
);
export const CACHE = closed(
  'cache',
  [...CACHE_STATUSES, 'none'],
  'normalised cache result; `none`: no such column',
  'none',
);
export const STATUS = open('status', 'status', 'HTTP status code', 'unknown');
export const GENERATED_BY = closed('generated_by', ['edge', 'shield', 'origin'], 'tier that made the status');
export const CLIENT_ERROR = closed(
  'reason',
  ['token', 'live_edge', 'not_found', 'range', 'rate_limit'],
  '401 and 403; 404 of live media; other 404 and 410; 416; 429',
);

export const FROM = open('from', 'cdn', 'CDN that was left', 'unknown');
export const TO = open('to', 'cdn', 'CDN that took over', 'unknown');
export const SWITCH_REASON = closed('reason', ['5xx', 'timeout', 'stall', 'steering', 'unknown'], 'why', 'unknown');
export const RESULT = closed('result', ['recovered', 'failed'], '`recovered`: no fatal error within 60 s');
export const SILENT_KIND = closed('kind', ['5xx', 'timeout', 'slow'], 'what the player never reported');

export const STALL_KIND = closed('kind', ['connection', 'seek'], 'what the stall was induced by');
export const INCIDENT_KIND = closed('kind', INCIDENT_KINDS, 'what happened to the viewer');
export const VERDICT = closed('verdict', VERDICTS, 'cause it is attributed to', 'unknown');
export const OUTCOME = closed(
  'outcome',
  ['played', 'start_failure', 'exit_before_start', 'lost_signal', 'in_progress'],
  'how the attempt ended; `in_progress`: evicted before it did',
);
export const VISIBILITY = closed('visibility', ['player', 'server', 'both'], 'who reported the session');
export const CUT = closed('reason', ['ended', 'idle', 'grid', 'event_limit', 'evicted', 'shutdown'], 'why it was cut');
export const ERROR_CLASS = closed('class', ['technical', 'business'], '`business`: rights, geography, payment');
export const FATAL = closed('fatal', ['true', 'false'], 'playback could not go on');
export const DIRECTION = closed('direction', ['up', 'down'], 'towards a higher or a lower bitrate');
export const SCORE_FORMULA = closed('version', [SCORE_VERSION], 'of the formula of the score');
export const PRECISION = closed('precision', ['flag'], 'length unknown: known from a flag only');

export const CONCURRENCY_SOURCE = closed('source', ['player', 'server'], 'who says that the session is being watched');
export const CONTENT = open('content', 'content', 'content id, the most watched only', 'unknown');
export const PLATFORM_CLASS = closed('platform_class', PLATFORM_CLASSES, 'how much this kind of player lets us know');

export const AUDIENCE_WINDOW = closed('window', AUDIENCE_WINDOWS, 'which 24 hours count once');
export const EXCLUSION = closed('reason', AUDIENCE_EXCLUSIONS, 'why something counts for nothing');

export const JOIN_METHOD = closed('method', JOIN_METHODS, 'how two halves were recognised as one request');
export const SOURCE = open('source', 'source', 'configured source', 'unknown');
export const REJECT_REASON = closed(
  'reason',
  [...REJECT_REASONS, ...RECEIVER_REASONS],
  'why a record or a body was refused',
);
export const METRIC = open('metric', 'metric', 'metric with too many series', 'unknown');
export const OVERFLOWN_LABEL = closed('label', Object.keys(BUDGETS), 'budget that was spent');
