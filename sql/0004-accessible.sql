-- A person may choose a challenge of fewer moves with more time for each.
ALTER TABLE proof_attempt ADD COLUMN accessible INTEGER NOT NULL DEFAULT 0; -- 1: that one
