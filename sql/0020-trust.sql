-- Public documents that are signed once and kept: status lists, the trust
-- list, the bundle.  All processes of a city serve the same bytes.
CREATE TABLE publication (
	shard INTEGER NOT NULL,       -- bucket of the name
	name TEXT NOT NULL,           -- trust, bundle, status/3/jwt
	state BYTEA NOT NULL,         -- SHA-256 of what it was made of
	sequence BIGINT NOT NULL,     -- of two the higher is newer
	body BYTEA NOT NULL,
	body_gzip BYTEA NOT NULL,     -- empty where it is not smaller
	made_s BIGINT NOT NULL,
	PRIMARY KEY (shard, name)
);

-- How often the entries changed: a kept list is signed anew when it differs.
ALTER TABLE status_list ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- API keys have rows of their own, so that an old one works beside a new one
-- for a time: the bucket is that of the key's HMAC.
CREATE TABLE api_key (
	shard INTEGER NOT NULL,       -- bucket of hash
	hash BYTEA NOT NULL,          -- HMAC of the key
	party_shard INTEGER NOT NULL,
	party_id TEXT NOT NULL,
	made_s BIGINT NOT NULL,
	until_s BIGINT,               -- NULL: the present one
	PRIMARY KEY (shard, hash)
);
INSERT INTO api_key (shard, hash, party_shard, party_id, made_s)
	SELECT shard, api_key_hash, shard, id, made_s FROM relying_party;
CREATE INDEX api_key_party ON api_key (party_shard, party_id);
DROP INDEX relying_party_api_key;
ALTER TABLE relying_party DROP COLUMN api_key_hash;

-- The certificate that follows, from that time on.  Both are in the trust
-- list, so that nobody meets one that is not there.
ALTER TABLE relying_party ADD COLUMN next_certificate BYTEA;
ALTER TABLE relying_party ADD COLUMN next_from_s BIGINT;
ALTER TABLE relying_party ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- What ends in time is found by its time.
CREATE INDEX proof_attempt_made ON proof_attempt (made_s);
CREATE INDEX act_at ON act (at_s);
