-- How a request is asked, beside what: {client_id_prefix, response_mode,
-- request_uri_method, return_uri, origin, transaction_data}.
ALTER TABLE presentation ADD COLUMN options TEXT NOT NULL DEFAULT '{}';

-- Where a party has its visitors sent back to: JSON array of addresses.  Their
-- origins are those whose pages may ask by the Digital Credentials API.
ALTER TABLE relying_party ADD COLUMN return_uris TEXT NOT NULL DEFAULT '[]';
