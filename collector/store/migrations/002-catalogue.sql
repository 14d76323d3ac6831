-- What the operator's catalogue said of the content when the session was written.
ALTER TABLE {DATABASE}.sessions{LOCAL} {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS show LowCardinality(String) AFTER title,
  ADD COLUMN IF NOT EXISTS season LowCardinality(String) AFTER show,
  ADD COLUMN IF NOT EXISTS episode String AFTER season,
  ADD COLUMN IF NOT EXISTS producer LowCardinality(String) AFTER episode,
  ADD COLUMN IF NOT EXISTS distributor LowCardinality(String) AFTER producer,
  ADD COLUMN IF NOT EXISTS category LowCardinality(String) AFTER distributor,
  ADD COLUMN IF NOT EXISTS content_seconds Nullable(Float64) AFTER category;

-- cluster only
ALTER TABLE {DATABASE}.sessions {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS show LowCardinality(String) AFTER title,
  ADD COLUMN IF NOT EXISTS season LowCardinality(String) AFTER show,
  ADD COLUMN IF NOT EXISTS episode String AFTER season,
  ADD COLUMN IF NOT EXISTS producer LowCardinality(String) AFTER episode,
  ADD COLUMN IF NOT EXISTS distributor LowCardinality(String) AFTER producer,
  ADD COLUMN IF NOT EXISTS category LowCardinality(String) AFTER distributor,
  ADD COLUMN IF NOT EXISTS content_seconds Nullable(Float64) AFTER category;
