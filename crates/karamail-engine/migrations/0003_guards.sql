-- Guards: what the shop asks of the running program, and what it needs to decide about mails that were held.

-- Writing commands that are handed over to the program that holds the data folder.
CREATE TABLE requests (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind <> ''),
  -- JSON; emptied when the request is done, for it may name a person.
  arguments TEXT    NOT NULL CHECK (json_valid(arguments)),
  -- The program has begun: from here on the command cannot take the request back.
  taken_at  INTEGER,
  done_at   INTEGER,
  -- JSON, read by the command that asked.
  result    TEXT    CHECK (result IS NULL OR json_valid(result)),
  CHECK ((done_at IS NULL) = (result IS NULL))
) STRICT;

CREATE INDEX requests_open ON requests (id) WHERE done_at IS NULL;

-- What the shop has to decide on: mails that are held, put aside or backlog (`mails.state` held and backlog).
CREATE TABLE aside (
  mail_id   INTEGER PRIMARY KEY REFERENCES mails (id),
  -- The mail's header, to decide about it again even when it has left the server. Personal data: it goes with the decision.
  header    BLOB,
  -- Guards that the shop has waived for this mail, by the reason they gave, blank between.
  waived    TEXT NOT NULL DEFAULT '',
  -- What the shop wants done with it, where that is not done yet or is to last.
  wish      TEXT CHECK (wish IN ('release', 'discard', 'ignore')),
  wished_at INTEGER,
  -- The bytes of a mail that was put aside, relative to the data folder; empty where the server did not give them.
  file      TEXT,
  CHECK ((wish IS NULL) = (wished_at IS NULL))
) STRICT;

CREATE INDEX aside_wishes ON aside (mail_id) WHERE wish IN ('release', 'discard');

CREATE TRIGGER aside_goes_with_the_decision AFTER UPDATE OF state ON mails
WHEN OLD.state IN ('held', 'backlog') AND NEW.state NOT IN ('held', 'backlog')
BEGIN
  DELETE FROM aside WHERE mail_id = NEW.id AND (NEW.state = 'gone' OR wish IS NOT 'discard');
  UPDATE aside SET header = NULL WHERE mail_id = NEW.id;
END;

-- How often in a row the server refused to hand out one mail.
CREATE TABLE refusals (
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
  uidl       TEXT    NOT NULL,
  times      INTEGER NOT NULL CHECK (times >= 1),
  last_at    INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, uidl)
) STRICT;

CREATE TRIGGER refusals_end_with_the_mail AFTER INSERT ON mails WHEN NEW.uidl IS NOT NULL
BEGIN DELETE FROM refusals WHERE mailbox_id = NEW.mailbox_id AND uidl = NEW.uidl; END;
