-- The first schema.  Never edited after a release: changes are new files.
--
-- In every table `shard` comes first: the bucket (0..1023) of the person or
-- record the row belongs to, so that a cluster can spread the rows.  Ids are
-- UUIDv7 made by the process; hashes are SHA-256 or HMAC-SHA-256; times are
-- seconds UTC, `_s`.  `sealed` columns are AES-256-GCM, see doc/security.md.

-- One row a person of the register.
CREATE TABLE person (
	shard INTEGER NOT NULL,       -- bucket of number_index
	id TEXT NOT NULL,
	number_index BYTEA NOT NULL,  -- HMAC of the normalised ID number
	person_key BYTEA NOT NULL,    -- the person's key, wrapped by the master key
	sealed BYTEA NOT NULL,        -- names, dates, number: JSON under person_key
	portrait BYTEA,               -- JPEG under person_key
	made_s BIGINT NOT NULL,
	changed_s BIGINT NOT NULL,
	PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX person_number ON person (shard, number_index);

-- What supports a level: src/card/level.h computes it from these rows.
CREATE TABLE evidence (
	shard INTEGER NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	kind TEXT NOT NULL,           -- face_match, officer_vetted
	engine TEXT NOT NULL,         -- engine id and version, or the officer
	detail TEXT NOT NULL,         -- what was done, without scores
	consent_id TEXT,              -- of a face match: the consent it rests on
	made_s BIGINT NOT NULL,
	expires_s BIGINT NOT NULL,    -- first second at which it no longer counts
	withdrawn_s BIGINT,
	PRIMARY KEY (shard, id)
);
CREATE INDEX evidence_person ON evidence (shard, person_id);

-- Consents as given: who, purpose, method, retention are part of the row.
CREATE TABLE consent (
	shard INTEGER NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	controller TEXT NOT NULL,
	purpose TEXT NOT NULL,
	method TEXT NOT NULL,
	retention TEXT NOT NULL,
	notice_version INTEGER NOT NULL,
	locale TEXT NOT NULL,
	text_sha256 TEXT NOT NULL,    -- of the notice as it was shown
	given_s BIGINT NOT NULL,
	withdrawn_s BIGINT,
	PRIMARY KEY (shard, id)
);
CREATE INDEX consent_person ON consent (shard, person_id);

-- How proofing went, for counting attempts, sessions and people apart.
-- A row an attempt; no frame, no score, no template.
CREATE TABLE proof_attempt (
	shard INTEGER NOT NULL,
	id TEXT NOT NULL,
	session_id TEXT NOT NULL,
	person_id TEXT,
	outcome TEXT NOT NULL,        -- passed, or the reason
	made_s BIGINT NOT NULL,
	PRIMARY KEY (shard, id)
);
CREATE INDEX proof_attempt_person ON proof_attempt (shard, person_id);
CREATE INDEX proof_attempt_outcome ON proof_attempt (outcome, made_s);

-- Numbers to take to a service point, from the first failure on.
CREATE TABLE service_point_ticket (
	shard INTEGER NOT NULL,       -- bucket of the number
	number TEXT NOT NULL,         -- as printed, e.g. K7M4-Q2PX
	person_shard INTEGER,
	person_id TEXT,
	reason TEXT NOT NULL,
	made_s BIGINT NOT NULL,
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, number)
);

-- Pushed authorization requests (RFC 9126), one use.
CREATE TABLE par_request (
	shard INTEGER NOT NULL,       -- bucket of the hash
	hash BYTEA NOT NULL,          -- SHA-256 of the request_uri
	client_id TEXT NOT NULL,
	redirect_uri TEXT NOT NULL,
	state TEXT NOT NULL,
	code_challenge TEXT NOT NULL,
	dpop_jkt TEXT NOT NULL,       -- empty: no key bound yet
	expires_s BIGINT NOT NULL,
	used_s BIGINT,
	PRIMARY KEY (shard, hash)
);

-- Authorization codes and pre-authorized codes, one use.
CREATE TABLE grant_code (
	shard INTEGER NOT NULL,       -- bucket of the hash
	hash BYTEA NOT NULL,          -- SHA-256 of the code
	kind TEXT NOT NULL,           -- authorization_code, pre-authorized
	person_shard INTEGER NOT NULL,
	person_id TEXT NOT NULL,
	configuration_id TEXT NOT NULL,
	client_id TEXT NOT NULL,
	redirect_uri TEXT NOT NULL,
	code_challenge TEXT NOT NULL,
	dpop_jkt TEXT NOT NULL,
	tx_code_hash BYTEA,           -- HMAC of the transaction code
	tx_tries INTEGER NOT NULL,
	expires_s BIGINT NOT NULL,
	used_s BIGINT,
	PRIMARY KEY (shard, hash)
);

-- Access tokens; those of a code that is used twice are erased.
CREATE TABLE access_token (
	shard INTEGER NOT NULL,       -- bucket of the hash
	hash BYTEA NOT NULL,          -- SHA-256 of the token
	person_shard INTEGER NOT NULL,
	person_id TEXT NOT NULL,
	configuration_id TEXT NOT NULL,
	client_id TEXT NOT NULL,
	jkt TEXT NOT NULL,            -- DPoP key it is bound to
	grant_hash BYTEA NOT NULL,    -- the code it came from
	issued INTEGER NOT NULL,      -- credentials issued with it
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, hash)
);
CREATE INDEX access_token_grant ON access_token (grant_hash);

-- What may be used once: nonces, DPoP jti.  Swept after expires_s.
CREATE TABLE spent (
	shard INTEGER NOT NULL,       -- bucket of the hash
	kind TEXT NOT NULL,
	hash BYTEA NOT NULL,
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, kind, hash)
);
CREATE INDEX spent_expiry ON spent (expires_s);

-- Credential offers by reference (OpenID4VCI 4.1.3).
CREATE TABLE offer (
	shard INTEGER NOT NULL,
	id TEXT NOT NULL,
	sealed BYTEA NOT NULL,        -- the offer object, under the master key
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, id)
);

-- A card: one issuance, a batch of copies with one-time keys.
CREATE TABLE credential (
	shard INTEGER NOT NULL,       -- of the person
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	configuration_id TEXT NOT NULL,
	document_number TEXT NOT NULL,
	level TEXT NOT NULL,          -- as computed at issuing: a record, not a source
	status INTEGER NOT NULL,      -- 0 valid, 1 revoked, 2 suspended
	notification TEXT NOT NULL,   -- what the wallet reported, empty before
	issued_s BIGINT NOT NULL,
	expires_s BIGINT NOT NULL,
	PRIMARY KEY (shard, id)
);
CREATE INDEX credential_person ON credential (shard, person_id);
-- An operator names a card by its id alone.
CREATE INDEX credential_id ON credential (id);

-- Which status entries the copies of a card have.
CREATE TABLE status_slot (
	list_shard INTEGER NOT NULL,
	list INTEGER NOT NULL,
	idx INTEGER NOT NULL,
	credential_shard INTEGER NOT NULL,
	credential_id TEXT NOT NULL,
	PRIMARY KEY (list_shard, list, idx)
);
CREATE INDEX status_slot_credential
	ON status_slot (credential_shard, credential_id);

CREATE TABLE status_list (
	shard INTEGER NOT NULL,
	list INTEGER NOT NULL,        -- n of /status/n
	used INTEGER NOT NULL,        -- entries given away
	entries BYTEA NOT NULL,       -- 2 bits an entry, packed, not compressed
	changed_s BIGINT NOT NULL,
	PRIMARY KEY (shard, list)
);

-- Relying parties and what they may ask.
CREATE TABLE relying_party (
	shard INTEGER NOT NULL,       -- bucket of api_key_hash
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	policies TEXT NOT NULL,       -- JSON array of policy names
	api_key_hash BYTEA NOT NULL,  -- HMAC of the API key
	key_sealed BYTEA NOT NULL,    -- PEM of its signing key, under the master key
	certificate BYTEA NOT NULL,   -- DER, issued by the registrar
	made_s BIGINT NOT NULL,
	withdrawn_s BIGINT,
	PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX relying_party_api_key
	ON relying_party (shard, api_key_hash);

-- Presentation requests.  `result` is sealed and the row erased at delete_s:
-- there is no lasting record of where a card was shown.
CREATE TABLE presentation (
	shard INTEGER NOT NULL,       -- bucket of the id
	id TEXT NOT NULL,             -- unguessable, not a UUID
	relying_party_shard INTEGER NOT NULL,
	relying_party_id TEXT NOT NULL,
	policies TEXT NOT NULL,       -- JSON array: what the request rests on
	purpose TEXT NOT NULL,        -- as the party put it, may be empty
	dcql TEXT NOT NULL,
	nonce TEXT NOT NULL,
	wallet_state TEXT NOT NULL,   -- `state` of the request object
	key_sealed BYTEA NOT NULL,    -- private encryption key; empty when closed
	state TEXT NOT NULL,          -- waiting, fetched, answered, expired
	result BYTEA,                 -- JSON under the master key
	made_s BIGINT NOT NULL,
	expires_s BIGINT NOT NULL,
	delete_s BIGINT NOT NULL,
	PRIMARY KEY (shard, id)
);
CREATE INDEX presentation_delete ON presentation (delete_s);
CREATE INDEX presentation_open ON presentation (state, expires_s);

-- Every act, written in the transaction of the act itself.
CREATE TABLE act (
	shard INTEGER NOT NULL,       -- of the subject
	id TEXT NOT NULL,
	at_s BIGINT NOT NULL,
	kind TEXT NOT NULL,
	actor TEXT NOT NULL,          -- holder, operator, relying party id, demo
	subject TEXT NOT NULL,        -- id of the row acted on
	detail TEXT NOT NULL,         -- JSON without personal data
	PRIMARY KEY (shard, id)
);
CREATE INDEX act_subject ON act (shard, subject);
