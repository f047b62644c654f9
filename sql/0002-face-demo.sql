-- Face matches that no certificate carries are for demonstration only, and so
-- are cards that rest on them.  All matches before this migration are: there
-- were no certificates.  Cards from before do not say it; they end in days.
ALTER TABLE evidence ADD COLUMN demo INTEGER NOT NULL DEFAULT 0; -- 1: a face match without a certificate
UPDATE evidence SET demo = 1 WHERE kind = 'face_match';
ALTER TABLE credential ADD COLUMN demo INTEGER NOT NULL DEFAULT 0; -- 1: the card says so
