-- What a code or token was asked for by authorization_details (RFC 9396):
-- configuration ids, separated by spaces; empty when it was by scope.
ALTER TABLE par_request ADD COLUMN details TEXT NOT NULL DEFAULT '';
ALTER TABLE grant_code ADD COLUMN details TEXT NOT NULL DEFAULT '';
ALTER TABLE access_token ADD COLUMN details TEXT NOT NULL DEFAULT '';

-- The code that a card came from: what is revoked or suspended stops the
-- refresh tokens of that code.
ALTER TABLE credential ADD COLUMN grant_hash BYTEA;
CREATE INDEX credential_grant ON credential (shard, grant_hash);

-- Refresh tokens (RFC 6749 6), bound to a DPoP key, not rotated.
CREATE TABLE refresh_token (
	shard INTEGER NOT NULL,       -- bucket of the hash
	hash BYTEA NOT NULL,          -- SHA-256 of the token
	person_shard INTEGER NOT NULL,
	person_id TEXT NOT NULL,
	type TEXT NOT NULL,
	client_id TEXT NOT NULL,
	jkt TEXT NOT NULL,            -- DPoP key it is bound to
	details TEXT NOT NULL,
	grant_hash BYTEA NOT NULL,    -- the code it came from
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, hash)
);
CREATE INDEX refresh_token_grant ON refresh_token (grant_hash);
CREATE INDEX refresh_token_person ON refresh_token (person_shard, person_id);

-- Cards that wait for an operator (OpenID4VCI 9).
CREATE TABLE deferred (
	shard INTEGER NOT NULL,       -- of the person
	id TEXT NOT NULL,             -- what an operator names it by
	hash BYTEA NOT NULL,          -- SHA-256 of the transaction_id
	person_id TEXT NOT NULL,
	type TEXT NOT NULL,
	client_id TEXT NOT NULL,
	jkt TEXT NOT NULL,            -- DPoP key of who asked
	sealed BYTEA NOT NULL,        -- the request: configuration and keys
	state TEXT NOT NULL,          -- waiting, approved, refused, delivered
	reason TEXT NOT NULL,         -- of a refusal, as the operator put it
	made_s BIGINT NOT NULL,
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX deferred_hash ON deferred (hash);
CREATE INDEX deferred_id ON deferred (id);
CREATE INDEX deferred_person ON deferred (shard, person_id);
