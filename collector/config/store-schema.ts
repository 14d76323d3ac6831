import { checkEndpoint, checkName, checkTimeZone } from './check.ts';
import type { SchemaContext } from './schema.ts';
import {
  choice,
  duration,
  entries,
  flag,
  integer,
  location,
  optionalSecret,
  path,
  section,
  size,
  text,
} from './setting.ts';

const DAY_MS = 86_400_000;

/** Where a row per session goes, and who may ask how much of it (docs/analytics.md). */
export function storeSchema(context: SchemaContext) {
  return section('The analytics store: a row per session, for search, audience numbers and reports.', {
    kind: choice(
      ['auto', 'embedded', 'server', 'off'],
      'auto',
      'embedded: ClickHouse inside this process. server: ClickHouse at url. auto: server when there is a url, else embedded where chdb is installed. off: no store.',
    ),
    path: path('Folder of the embedded store.', '', context.resolvePath, '<dataDir>/store'),
    memory: size('2GiB', 'Memory of the embedded store; beyond it queries and inserts fail and are tried again.'),
    url: text('Base URL of a ClickHouse server, such as http://127.0.0.1:8123.', {
      fallback: '',
      check: checkEndpoint,
    }),
    user: text('User of the server.', { fallback: 'default' }),
    password: optionalSecret('Its password.', context.resolveSecret),
    database: text('Database of the tables.', { fallback: 'playpath', check: checkIdentifier }),
    cluster: text('Cluster of the server’s configuration: tables are replicated and spread over its shards.', {
      fallback: '',
      check: (name) => (name === '' ? '' : checkIdentifier(name)),
    }),
    migrate: flag(
      true,
      'Bring the tables up to date at start. Otherwise `playpath migrate` does; a cluster needs that.',
    ),
    batch: section('How rows are gathered into inserts.', {
      rows: integer(5_000, 'Rows in one insert at most.', 1, 1_000_000),
      age: duration('5s', 'A started batch is inserted by then.', 1),
    }),
    queue: size('64MiB', 'Rows waiting for the store. When it is full, ingest is slowed down.'),
    live: duration('15s', 'How often sessions that are still open are written.', 1_000),
    retention: duration('400d', 'How long rows are kept.', DAY_MS),
    deliveries: section('The unified log: a row for every log line of every server (docs/analytics.md).', {
      enabled: flag(false, 'Write it. It is many times as large as the rows of sessions.'),
      retention: duration('7d', 'How long its rows are kept.', DAY_MS),
    }),
    timeZone: text('Days, weeks and months of reports are of this IANA zone.', {
      fallback: 'UTC',
      check: checkTimeZone,
    }),
    query: section('What one query may use.', {
      timeout: duration('10s', 'Time.', 1),
      rows: integer(10_000, 'Rows of an answer.', 1, 1_000_000),
      memory: size('1GiB', 'Memory.'),
      concurrent: integer(2, 'Queries at once; others wait.', 1, 64),
      waiting: integer(64, 'Queries that wait; more are answered 503.', 0, 10_000),
    }),
    catalogues: entries('What contents are: titles, shows, producers and so on.', catalogueSchema(context)),
    tenants: entries('Tenants that differ from the rest.', tenantSchema()),
  });
}

function catalogueSchema({ resolvePath }: SchemaContext) {
  return section('One catalogue: CSV or JSON (docs/analytics.md).', {
    tenant: text('Tenant whose contents it lists.', { fallback: 'default', check: checkName }),
    location: location('A file, or an http or https URL.', resolvePath),
    refresh: duration('1h', 'How often it is read again.', 1_000),
  });
}

function tenantSchema() {
  return section('One tenant.', {
    name: text('Its name.', { fallback: undefined, check: checkName }),
    retention: duration('', 'How long its sessions are kept.', DAY_MS),
    deliveries: duration('', 'How long its lines of the unified log are kept.', DAY_MS),
    timeZone: text('Zone of its reports.', {
      fallback: '',
      check: (zone) => (zone === '' ? '' : checkTimeZone(zone)),
    }),
  });
}

/** Stands in statements as it is. */
function checkIdentifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name) ? '' : 'must be letters, digits and underscores';
}
