-- Which parts of the content were played, in seconds from its begin, where the player says where its playhead is.
ALTER TABLE {DATABASE}.sessions{LOCAL} {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS run_begins Array(Float32),
  ADD COLUMN IF NOT EXISTS run_ends Array(Float32);

-- cluster only
ALTER TABLE {DATABASE}.sessions {ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS run_begins Array(Float32),
  ADD COLUMN IF NOT EXISTS run_ends Array(Float32);
