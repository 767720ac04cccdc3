-- The daily clean-up finds its work without reading every letter that was ever sent, which is gigabytes for a million.

-- Letters whose text is still there; a row leaves the index when its text is blanked.
CREATE INDEX outbox_with_text ON outbox (settled_at) WHERE settled_at IS NOT NULL AND length(bytes) > 0;
-- Forwards that are still to be sent.
CREATE INDEX outbox_files ON outbox (file) WHERE file IS NOT NULL AND settled_at IS NULL;
