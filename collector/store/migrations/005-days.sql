-- When a row was stored, by the store's own clock: how it is known that a closed day has to be summed up again.
ALTER TABLE {DATABASE}.sessions{LOCAL} {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT now64(3);

ALTER TABLE {DATABASE}.sessions{LOCAL} {ON_CLUSTER}
  MATERIALIZE COLUMN stored_at;

-- cluster only
ALTER TABLE {DATABASE}.sessions {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT now64(3);

-- What a closed day of a time zone came to, in parts that can be added up. `grain` says by which columns; the others are
-- empty. A day that was summed up again has a higher version, which `closed_days` names.
CREATE TABLE IF NOT EXISTS {DATABASE}.days{LOCAL} {ON_CLUSTER}
(
  unit LowCardinality(String),
  grain LowCardinality(String),
  day Date,
  version UInt64,
  tenant LowCardinality(String),
  content_id String,
  title String,
  stream_type LowCardinality(String),
  property LowCardinality(String),
  country LowCardinality(String),
  device_class LowCardinality(String),
  platform_class LowCardinality(String),
  cdn LowCardinality(String),
  sessions UInt64,
  starts UInt64,
  streams Nullable(UInt64),
  consumption_seconds Nullable(Float64),
  downloads UInt64,
  unknown_starts UInt64,
  attempts UInt64,
  start_failures UInt64,
  server_sessions UInt64,
  playing_seconds Float64,
  waiting_seconds Float64,
  bytes UInt64,
  devices AggregateFunction(uniqCombined64If, UInt64, UInt8),
  consumptions AggregateFunction(quantileTDigest(0.5), Nullable(Float64))
)
ENGINE = {REPLICATED}MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (unit, grain, day, tenant, content_id, country)
SETTINGS index_granularity = 1024;

-- cluster only
CREATE TABLE IF NOT EXISTS {DATABASE}.days {ON_CLUSTER}
AS {DATABASE}.days{LOCAL}
ENGINE = Distributed('{CLUSTER}', '{DATABASE}', 'days{LOCAL}', cityHash64(tenant, day));

-- The version of each day that answers are read from.
CREATE TABLE IF NOT EXISTS {DATABASE}.closed_days{LOCAL} {ON_CLUSTER}
(
  unit LowCardinality(String),
  day Date,
  version UInt64
)
ENGINE = {REPLICATED}ReplacingMergeTree(version)
ORDER BY (unit, day);

-- cluster only
CREATE TABLE IF NOT EXISTS {DATABASE}.closed_days {ON_CLUSTER}
AS {DATABASE}.closed_days{LOCAL}
ENGINE = Distributed('{CLUSTER}', '{DATABASE}', 'closed_days{LOCAL}', cityHash64(unit, day));
