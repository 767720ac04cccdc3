-- Data: consent records, people who left, people who were erased, mails that were imported.

-- A person left by mail (the newest time); a signup mail takes it back. The number stays in either case.
ALTER TABLE receipts ADD COLUMN left_at INTEGER;
-- The address was replaced by a tombstone. The number stays and is never given again.
ALTER TABLE receipts ADD COLUMN erased_at INTEGER;
-- Its sender was erased: with the keep rule `when-erased` it leaves the server.
ALTER TABLE mails ADD COLUMN erased_at INTEGER;
-- It came from a file and not from the server. Its content key has no size: programs that export mail change it.
ALTER TABLE mails ADD COLUMN imported_at INTEGER;

CREATE INDEX mails_by_message_id ON mails (mailbox_id, message_id) WHERE message_id IS NOT NULL;

-- Wordings as they were when a number was given: templates of receipts, and what invited the customer.
CREATE TABLE templates (
  id            INTEGER PRIMARY KEY,
  kind          TEXT    NOT NULL CHECK (kind IN ('receipt', 'invitation')),
  sha256        BLOB    NOT NULL CHECK (length(sha256) = 32),
  text          TEXT    NOT NULL,
  first_used_at INTEGER NOT NULL,
  UNIQUE (kind, sha256)
) STRICT;

CREATE TRIGGER templates_are_not_changed BEFORE UPDATE ON templates
BEGIN SELECT RAISE(ABORT, 'a wording that was used is not changed'); END;

CREATE TRIGGER templates_are_never_forgotten BEFORE DELETE ON templates
BEGIN SELECT RAISE(ABORT, 'a wording that was used is not forgotten'); END;

-- The consent behind each number: when, to which mailbox, answered how, invited by which words.
CREATE TABLE consents (
  series        TEXT    NOT NULL,
  number        INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  mailbox       TEXT    NOT NULL,
  template_id   INTEGER NOT NULL REFERENCES templates (id),
  -- NULL where the settings name none.
  invitation_id INTEGER REFERENCES templates (id),
  PRIMARY KEY (series, number),
  FOREIGN KEY (series, number) REFERENCES receipts (series, number)
) STRICT;

CREATE TRIGGER consents_are_not_changed BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'a consent record is not changed'); END;

CREATE TRIGGER consents_are_never_forgotten BEFORE DELETE ON consents
BEGIN SELECT RAISE(ABORT, 'a consent record is not forgotten'); END;
