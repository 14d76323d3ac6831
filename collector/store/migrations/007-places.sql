-- Where somebody watched: a part of the country, and the page. And which bytes a part of an object was.
ALTER TABLE {DATABASE}.sessions{LOCAL} {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER country,
  ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) AFTER property;

-- cluster only
ALTER TABLE {DATABASE}.sessions {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER country,
  ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) AFTER property;

ALTER TABLE {DATABASE}.deliveries{LOCAL} {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER country,
  ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) AFTER host,
  ADD COLUMN IF NOT EXISTS range_first_byte Nullable(UInt64) AFTER body_bytes;

-- cluster only
ALTER TABLE {DATABASE}.deliveries {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER country,
  ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) AFTER host,
  ADD COLUMN IF NOT EXISTS range_first_byte Nullable(UInt64) AFTER body_bytes;
