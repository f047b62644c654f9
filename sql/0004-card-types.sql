-- A grant and a token stand for a type of credential (types/NAME.json), in
-- every format; a pushed request names it by its scope.
ALTER TABLE grant_code RENAME COLUMN configuration_id TO type;
ALTER TABLE access_token RENAME COLUMN configuration_id TO type;
ALTER TABLE par_request ADD COLUMN type TEXT NOT NULL DEFAULT 'id';
