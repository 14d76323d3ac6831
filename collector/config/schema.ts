import type { z } from 'zod';
import { BUDGET_LIMITS, BUDGETS, type BudgetName } from '../metrics/labels.ts';
import { AUDIENCE_WINDOWS } from '../model/audience.ts';
import { accessSchema } from './access-schema.ts';
import { checkEndpoint, checkHost, checkName, checkNetwork, checkOrigin } from './check.ts';
import {
  choice,
  duration,
  entries,
  flag,
  integer,
  list,
  optionalSecret,
  path,
  ratio,
  type SecretResolver,
  secretMap,
  section,
  size,
  text,
} from './setting.ts';
import { sourceSchema } from './source-schema.ts';
import { storeSchema } from './store-schema.ts';

/** What the schema needs from outside: where relative paths start, what references mean, which formats exist. */
export type SchemaContext = {
  readonly resolvePath: (path: string) => string;
  readonly resolveSecret: SecretResolver;
  readonly formats: ReadonlyMap<string, { readonly latenessMs: number }>;
};

/** The one schema: types, defaults, environment names and docs/config.md all come from it. */
export function configSchema(context: SchemaContext) {
  return section('', {
    dataDir: path('Where Playpath keeps what must survive a restart.', './data', context.resolvePath),
    drain: duration('10s', 'How long a collector that stops goes on answering and delivering.'),
    bus: choice(
      ['journal', 'memory'],
      'journal',
      'journal: answered when it is on disk, and read again after a crash. memory: lost with the process.',
    ),
    journal: journalSchema(),
    ingest: ingestSchema(context),
    metrics: metricsSchema(context),
    api: apiSchema(context),
    access: accessSchema(context),
    sources: entries(
      'One entry per log that comes in: pushed to /v1/push/<name>, read from a file, or inside OTLP log records.',
      sourceSchema(context),
    ),
    player: playerSchema(),
    export: section('Where finished traces go.', { otlp: otlpSchema(context.resolveSecret) }),
    correlate: correlateSchema(),
    audience: section('How viewers and listeners are counted (docs/audience.md).', {
      window: choice(
        AUDIENCE_WINDOWS,
        'rolling',
        'Which 24 hours the same playback counts once in. rolling: from its first time. fixed: from midnight to midnight UTC.',
      ),
    }),
    store: storeSchema(context),
    privacy: privacySchema(context.resolveSecret),
    geo: section('Country and network of a client, looked up before its address is cut.', {
      mmdb: path(
        'MaxMind or DB-IP database file. Without one, country comes from a built-in IPv4 table.',
        '',
        context.resolvePath,
      ),
    }),
    log: section('What Playpath says about itself.', {
      level: choice(['debug', 'info', 'warn', 'error'], 'info', 'The least important message that is written.'),
      format: choice(['text', 'json'], 'text', 'Text for people, JSON for machines.'),
    }),
    deadLetter: section('A bounded sample of the records that were refused, with the reason.', {
      path: path('The file.', '', context.resolvePath, '<dataDir>/dead-letter.ndjson'),
      max: size('16MiB', 'When the file reaches this size it is renamed once and started again.'),
    }),
  });
}

export type ConfigSchema = ReturnType<typeof configSchema>;
export type ConfigValues = z.output<ConfigSchema>;

const host = () =>
  text('Address to listen on. Beyond loopback only when it is written here.', {
    fallback: '127.0.0.1',
    check: checkHost,
  });
const port = (fallback: number) => integer(fallback, 'Port to listen on; 0 takes any free one.', 0, 65_535);

const certificate = (resolvePath: SchemaContext['resolvePath']) => ({
  cert: path('Certificate with its intermediates, in PEM.', '', resolvePath),
  key: path('Its key, in PEM.', '', resolvePath),
});

function journalSchema() {
  return section('The log on disk between receivers and correlation, in `<dataDir>/journal`.', {
    window: duration('5ms', 'How long an answer may wait for others, so that one write to disk is for all of them.', 0),
    size: size(
      '4GiB',
      'Disk for it. What was not processed is never given up for that: senders are answered 503. From half of it on, only what open sessions are made of is kept of old files.',
    ),
    age: duration(
      '24h',
      'What was processed is deleted after this, even if a session that long is still open.',
      60_000,
    ),
  });
}

function ingestSchema({ resolvePath }: SchemaContext) {
  return section('Where players and log senders post.', {
    host: host(),
    port: port(4318),
    tls: section('TLS of this port. Without a certificate it speaks plain HTTP.', {
      ...certificate(resolvePath),
      clientCa: path('Authority of client certificates, for sources with `auth` of kind certificate.', '', resolvePath),
    }),
    limits: section('What one sender may ask of the collector.', {
      body: size('64MiB', 'Largest body as sent; more is answered 413.'),
      decompressed: size('128MiB', 'Largest body after decompression; more is answered 413.'),
      memory: size('512MiB', 'All bodies being read together; beyond it senders are answered 503.'),
      line: size('1MiB', 'Longest line or record; a longer one is refused alone (`too_long`).'),
      connections: integer(10_000, 'Open connections; more are closed at once.', 1),
      connectionsPerAddress: integer(
        1_000,
        'Open connections of one address that is neither loopback nor a trusted proxy.',
        1,
      ),
      requestTimeout: duration('30s', 'A request that has not arrived whole by then is closed.', 1),
    }),
    cors: section('Cross-origin rules of the ingest port.', {
      origins: list(['*'], 'Origins whose pages may read answers.', checkOrigin),
    }),
    trustedProxies: list(
      [],
      'Addresses and networks whose X-Forwarded-For is believed. Nobody else can say who the client is.',
      checkNetwork,
    ),
    fastlyServices: list(['*'], 'Fastly services that may log here, by id; `*` is any. Answers their challenge.'),
    filePoll: duration('1s', 'How often followed files are looked at.', 10),
  });
}

function metricsSchema({ resolvePath }: SchemaContext) {
  const names = Object.keys(BUDGETS) as BudgetName[];
  const budget = (name: BudgetName) =>
    integer(BUDGETS[name], `Values of \`${name}\` before the rest become \`other\`.`, 1, BUDGET_LIMITS[name]);
  const budgets = Object.fromEntries(names.map((name) => [name, budget(name)])) as Record<
    BudgetName,
    z.ZodType<number>
  >;
  return section('What Prometheus scrapes.', {
    host: host(),
    port: port(9464),
    tls: section('TLS of this port. Without a certificate it speaks plain HTTP.', certificate(resolvePath)),
    contentTop: integer(200, 'Titles with a concurrent viewer series of their own.', 0, 10_000),
    labelBudget: section('How many values a label may take; what comes later is counted as `other`.', budgets),
  });
}

function apiSchema({ resolvePath }: SchemaContext) {
  return section('Recent sessions and traces for people and for Grafana.', {
    host: host(),
    port: port(8080),
    tls: section('TLS of this port. Without a certificate it speaks plain HTTP.', certificate(resolvePath)),
    recentSessions: integer(10_000, 'Finished sessions kept in memory.', 1),
    recent: size('256MiB', 'Memory for their traces; the oldest go first.'),
    jaeger: flag(true, 'Answer the query API of Jaeger under /jaeger, so that Grafana reads traces without Tempo.'),
    page: flag(true, 'Build the page with the session panel when somebody opens it; without it the page is plain.'),
  });
}

function playerSchema() {
  return section('What players report: CMCD events, beacons and OTLP.', {
    tenant: text('Tenant of events that name none.', { fallback: 'default', check: checkName }),
    heartbeat: duration('10s', 'How often players report when nothing changes.', 1_000),
    origins: list(['*'], 'Page origins whose events are accepted; others are dropped and counted.', checkOrigin),
    property: text('Property of events that name none: the site or app.', { fallback: 'others', check: checkName }),
  });
}

function otlpSchema(resolve: SecretResolver) {
  return section('Any OTLP/HTTP backend: Tempo, Jaeger, Alloy, the OpenTelemetry Collector.', {
    endpoint: text('Base URL, such as http://127.0.0.1:4320; `/v1/traces` is added. Empty: no export.', {
      fallback: '',
      check: checkEndpoint,
    }),
    headers: secretMap('Headers of every request, for example Authorization.', resolve),
    compression: choice(['gzip', 'none'], 'gzip', 'Compression of the bodies.'),
    timeout: duration('10s', 'A request without an answer by then is tried again.', 1),
    batch: section('How spans are gathered into requests.', {
      spans: integer(2_000, 'Spans in one request at most.', 1, 100_000),
      size: size('4MiB', 'Bytes in one request at most.'),
      age: duration('1s', 'A started batch is sent by then.', 1),
    }),
    retry: section('What happens when the backend cannot take a batch now.', {
      first: duration('500ms', 'Longest wait before the first retry; it doubles from there.', 1),
      max: duration('30s', 'Longest wait before any retry.', 1),
    }),
    queue: size(
      '1GiB',
      'Encoded spans waiting for the backend, in `<dataDir>/spans`; 64 MiB of memory with `bus: memory`. When full, ingest is refused.',
    ),
  });
}

function correlateSchema() {
  return section('How requests become sessions, and when sessions end.', {
    settle: duration(
      '2m',
      'The longest a request waits for its other halves; less when all of its sources are faster.',
    ),
    reorder: duration('5s', 'How long player events wait for earlier ones to arrive.'),
    idleClose: duration('5m', 'Silence of player and CDN that closes a session.', 1_000),
    pausedClose: duration('30m', 'Pause that closes a session.', 1_000),
    missedHeartbeats: integer(3, 'Heartbeats missed until a session is not counted as concurrent.', 1, 100),
    grid: duration('5m', 'Long sessions are summed up on this grid.', 1_000),
    maxSessions: integer(1_000_000, 'Open sessions; beyond it the one idle longest is closed.', 1),
    maxRequests: integer(2_000_000, 'Requests waiting for their other halves, or for an incident they explain.', 1),
    maxEventsPerSession: integer(50_000, 'Events of one session between two cuts.', 100),
    healthySample: ratio(0.01, 'Share of sessions whose every request is exported although nothing happened.'),
    detail: choice(
      ['recorder', 'full'],
      'recorder',
      'recorder: requests around incidents, at startup and in the sample. full: every request of every session.',
    ),
    spanBudget: integer(2_000, 'Spans of one trace; beyond it requests are only summed up.', 50, 100_000),
    incidentPadding: duration('30s', 'How much before and after an incident is exported request by request.'),
  });
}

function privacySchema(resolve: SecretResolver) {
  return section('What is forgotten before anything is stored.', {
    salt: optionalSecret('Key of the device hash. Without one it is random and changes at every start.', resolve),
    rotate: duration('24h', 'How long a device keeps its key.', 60_000),
    ipv4Prefix: integer(24, 'Bits of an IPv4 address that are kept.', 0, 32),
    ipv6Prefix: integer(48, 'Bits of an IPv6 address that are kept.', 0, 128),
    redact: list([], 'Query parameters removed besides the built-in list of tokens and signatures.', checkParameter),
  });
}

function checkParameter(name: string): string {
  return /^[^\s=&?#]{1,100}$/.test(name) ? '' : 'must be the name of a query parameter';
}
