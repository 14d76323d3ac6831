-- What the operator's catalogues say of contents now; joined when a question is asked, so that it can be corrected.
CREATE TABLE IF NOT EXISTS {DATABASE}.catalogue{LOCAL} {ON_CLUSTER}
(
  tenant LowCardinality(String),
  content_id String,
  title String,
  show LowCardinality(String),
  season LowCardinality(String),
  episode String,
  producer LowCardinality(String),
  distributor LowCardinality(String),
  category LowCardinality(String),
  duration_seconds Nullable(Float64),
  version UInt64
)
ENGINE = {REPLICATED}ReplacingMergeTree(version)
ORDER BY (tenant, content_id);

-- cluster only
CREATE TABLE IF NOT EXISTS {DATABASE}.catalogue {ON_CLUSTER}
AS {DATABASE}.catalogue{LOCAL}
ENGINE = Distributed('{CLUSTER}', '{DATABASE}', 'catalogue{LOCAL}', cityHash64(tenant, content_id));

ALTER TABLE {DATABASE}.sessions{LOCAL} {ON_CLUSTER}
  DROP COLUMN IF EXISTS show,
  DROP COLUMN IF EXISTS season,
  DROP COLUMN IF EXISTS episode,
  DROP COLUMN IF EXISTS producer,
  DROP COLUMN IF EXISTS distributor,
  DROP COLUMN IF EXISTS category,
  DROP COLUMN IF EXISTS content_seconds;

-- cluster only
ALTER TABLE {DATABASE}.sessions {ON_CLUSTER}
  DROP COLUMN IF EXISTS show,
  DROP COLUMN IF EXISTS season,
  DROP COLUMN IF EXISTS episode,
  DROP COLUMN IF EXISTS producer,
  DROP COLUMN IF EXISTS distributor,
  DROP COLUMN IF EXISTS category,
  DROP COLUMN IF EXISTS content_seconds;
