-- One row per log line of every server, sorted by tenant and time; filled where `store.deliveries` says so. The same line
-- written twice has the same key.
CREATE TABLE IF NOT EXISTS {DATABASE}.deliveries{LOCAL} {ON_CLUSTER}
(
  tenant LowCardinality(String),
  at DateTime64(3, 'UTC'),
  uid UInt64,
  trace_id String,
  source LowCardinality(String),
  tier LowCardinality(String),
  server LowCardinality(String),
  pop LowCardinality(String),
  method LowCardinality(String),
  scheme LowCardinality(String),
  host LowCardinality(String),
  path String CODEC(ZSTD(1)),
  query String CODEC(ZSTD(1)),
  object_type LowCardinality(String),
  content_type LowCardinality(String),
  status Nullable(UInt16),
  error_type LowCardinality(String),
  is_complete Bool,
  cache_status LowCardinality(String),
  cache_word LowCardinality(String),
  ttfb_seconds Nullable(Float32),
  request_seconds Nullable(Float32),
  upstream_ttfb_seconds Nullable(Float32),
  upstream_status Nullable(UInt16),
  body_bytes Nullable(UInt64),
  wire_bytes Nullable(UInt64),
  request_id String CODEC(ZSTD(1)),
  parent_request_id String CODEC(ZSTD(1)),
  joined_by LowCardinality(String),
  device_id String,
  network String,
  country LowCardinality(String),
  asn UInt32,
  software LowCardinality(String),
  device_class LowCardinality(String),
  is_bot Bool,
  weight Float32,
  INDEX by_trace trace_id TYPE bloom_filter GRANULARITY 1,
  INDEX by_device device_id TYPE bloom_filter GRANULARITY 1
)
ENGINE = {REPLICATED}ReplacingMergeTree
PARTITION BY toDate(at)
ORDER BY (tenant, at, uid)
SETTINGS index_granularity = 8192;

-- cluster only
CREATE TABLE IF NOT EXISTS {DATABASE}.deliveries {ON_CLUSTER}
AS {DATABASE}.deliveries{LOCAL}
ENGINE = Distributed('{CLUSTER}', '{DATABASE}', 'deliveries{LOCAL}', cityHash64(tenant, uid));
