-- The ledger: mailboxes, mails, numbers, outbox, events. Times are Unix milliseconds (UTC).
-- Each invariant of the program is written here a second time, so that a fault in the program is refused, not stored.

PRAGMA application_id = 1263356977; -- "KML1"

CREATE TABLE mailboxes (
  id                    INTEGER PRIMARY KEY,
  address_key           TEXT    NOT NULL UNIQUE,
  -- NULL until the first listing has been recorded whole: until then, old mail is backlog and not a signup.
  first_contact_done_at INTEGER
) STRICT;

CREATE TABLE series (
  name         TEXT    NOT NULL PRIMARY KEY,
  first_number INTEGER NOT NULL CHECK (first_number >= 1),
  next_number  INTEGER NOT NULL CHECK (next_number >= first_number)
) STRICT;

CREATE TABLE mails (
  id            INTEGER PRIMARY KEY,
  mailbox_id    INTEGER NOT NULL REFERENCES mailboxes (id),
  uidl          TEXT,
  content_key   BLOB    NOT NULL CHECK (length(content_key) = 32),
  size          INTEGER,
  message_id    TEXT,
  mailed_at     INTEGER,
  first_seen_at INTEGER NOT NULL,
  sender        TEXT,
  subject       TEXT    NOT NULL,
  outcome       TEXT    NOT NULL CHECK (outcome IN ('self-test', 'receipt', 'duplicate', 'forward', 'archive', 'hold', 'backlog')),
  reason        TEXT    NOT NULL CHECK (reason <> ''),
  state         TEXT    NOT NULL CHECK (state IN ('recorded', 'held', 'backlog', 'settled', 'purging', 'gone')),
  archive_file  TEXT,
  gone_at       INTEGER,
  CHECK ((state = 'gone') = (gone_at IS NOT NULL)),
  -- Other mail is on disk before it is in the ledger (invariant 3).
  CHECK (outcome NOT IN ('forward', 'archive') OR archive_file IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX mails_by_uidl ON mails (mailbox_id, uidl) WHERE uidl IS NOT NULL AND state <> 'gone';
CREATE INDEX mails_by_content ON mails (mailbox_id, content_key);
CREATE INDEX mails_open ON mails (mailbox_id, state) WHERE state <> 'gone';

-- A mail that is still to be answered or forwarded is not deleted (invariant 3).
CREATE TRIGGER mails_are_settled_before_they_go BEFORE UPDATE OF state ON mails
WHEN NEW.state IN ('settled', 'purging', 'gone')
 AND EXISTS (SELECT 1 FROM outbox WHERE outbox.mail_id = NEW.id AND outbox.state NOT IN ('sent', 'refused'))
BEGIN SELECT RAISE(ABORT, 'invariant 3: this mail has a reply or forward that is not settled'); END;

CREATE TRIGGER mails_are_never_forgotten BEFORE DELETE ON mails
BEGIN SELECT RAISE(ABORT, 'a ledger row is never deleted'); END;

CREATE TABLE receipts (
  series      TEXT    NOT NULL REFERENCES series (name),
  number      INTEGER NOT NULL CHECK (number >= 1),
  address_key TEXT    NOT NULL,
  address     TEXT    NOT NULL,
  -- 1, unless the shop gives a new number to a known address on purpose.
  issue       INTEGER NOT NULL DEFAULT 1 CHECK (issue >= 1),
  mailbox_id  INTEGER NOT NULL REFERENCES mailboxes (id),
  mail_id     INTEGER NOT NULL UNIQUE REFERENCES mails (id),
  -- Deferred: no commit leaves a number without its mail and its finished reply (invariant 2).
  outbox_id   INTEGER NOT NULL UNIQUE REFERENCES outbox (id) DEFERRABLE INITIALLY DEFERRED,
  given_at    INTEGER NOT NULL,
  PRIMARY KEY (series, number),
  UNIQUE (series, address_key, issue)
) STRICT;

CREATE INDEX receipts_by_time ON receipts (given_at);

CREATE TRIGGER receipts_leave_no_hole BEFORE INSERT ON receipts
WHEN NEW.number IS NOT (SELECT next_number FROM series WHERE name = NEW.series)
BEGIN SELECT RAISE(ABORT, 'invariant 1: a number would be skipped or given twice'); END;

CREATE TRIGGER receipts_advance_the_series AFTER INSERT ON receipts
BEGIN UPDATE series SET next_number = NEW.number + 1 WHERE name = NEW.series; END;

CREATE TRIGGER receipts_are_for_ever BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'invariant 1: a number is given for ever'); END;

CREATE TRIGGER receipts_keep_their_number BEFORE UPDATE OF series, number, issue, mail_id, outbox_id, given_at ON receipts
BEGIN SELECT RAISE(ABORT, 'invariant 1: a number is given for ever'); END;

CREATE TRIGGER series_never_restart BEFORE UPDATE OF next_number ON series
WHEN NEW.next_number <> OLD.next_number + 1
  OR NOT EXISTS (SELECT 1 FROM receipts WHERE series = OLD.name AND number = OLD.next_number)
BEGIN SELECT RAISE(ABORT, 'invariant 1: numbering never restarts'); END;

CREATE TABLE outbox (
  id              INTEGER PRIMARY KEY,
  mailbox_id      INTEGER NOT NULL REFERENCES mailboxes (id),
  mail_id         INTEGER NOT NULL REFERENCES mails (id),
  kind            TEXT    NOT NULL CHECK (kind IN ('receipt', 'repeat', 'forward')),
  series          TEXT,
  number          INTEGER,
  sender          TEXT    NOT NULL,
  recipient       TEXT    NOT NULL,
  recipient_key   TEXT    NOT NULL,
  message_id      TEXT    NOT NULL UNIQUE,
  -- The finished letter: a reply lies here, a forward in a file of the outbox folder.
  bytes           BLOB,
  file            TEXT,
  state           TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'unsure', 'sent', 'refused')),
  attempts        INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  created_at      INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  settled_at      INTEGER,
  answer          TEXT,
  FOREIGN KEY (series, number) REFERENCES receipts (series, number) DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (mail_id, kind),
  CHECK ((bytes IS NULL) <> (file IS NULL)),
  CHECK ((kind = 'forward') = (number IS NULL)),
  CHECK ((series IS NULL) = (number IS NULL)),
  CHECK ((state IN ('sent', 'refused')) = (settled_at IS NOT NULL)),
  -- The attempt is counted before it is made.
  CHECK (state IN ('queued', 'refused') OR attempts >= 1)
) STRICT;

CREATE INDEX outbox_due ON outbox (mailbox_id, next_attempt_at, id) WHERE state IN ('queued', 'unsure');
CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending';
CREATE INDEX outbox_by_recipient ON outbox (recipient_key, created_at);
CREATE INDEX outbox_by_time ON outbox (mailbox_id, created_at);
CREATE INDEX outbox_by_number ON outbox (series, number);

-- A letter that may have reached somebody never becomes another letter (invariant 4).
CREATE TRIGGER outbox_letters_are_finished BEFORE UPDATE OF bytes, file, message_id, recipient, sender ON outbox
WHEN OLD.state NOT IN ('sent', 'refused')
BEGIN SELECT RAISE(ABORT, 'invariant 4: a finished letter is not changed'); END;

CREATE TRIGGER outbox_is_never_forgotten BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'an outbox row is never deleted'); END;

CREATE TABLE events (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  mailbox TEXT,
  mail_id INTEGER,
  number  INTEGER,
  address TEXT,
  reason  TEXT,
  detail  TEXT
) STRICT;

CREATE INDEX events_by_time ON events (at);

-- How far the monthly text files have followed the events.
CREATE TABLE log_position (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  event_id INTEGER NOT NULL,
  month    TEXT    NOT NULL,
  length   INTEGER NOT NULL CHECK (length >= 0)
) STRICT;
INSERT INTO log_position (only_row, event_id, month, length) VALUES (1, 0, '', 0);
