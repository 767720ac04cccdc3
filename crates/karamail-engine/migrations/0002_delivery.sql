-- Delivery: why a letter was refused, letters that are sent again, and the reports that come back.

-- SQLite cannot widen a CHECK, so the outbox is built anew: one more kind (`resend`, of which a mail may have several),
-- and the class of a refusal. The copy goes back under the same name within this transaction, so that the deferred
-- foreign keys that point at it are whole again at its end.
CREATE TEMP TABLE outbox_before AS SELECT * FROM outbox;
DROP TABLE outbox;

CREATE TABLE outbox (
  id              INTEGER PRIMARY KEY,
  mailbox_id      INTEGER NOT NULL REFERENCES mailboxes (id),
  mail_id         INTEGER NOT NULL REFERENCES mails (id),
  kind            TEXT    NOT NULL CHECK (kind IN ('receipt', 'repeat', 'forward', 'resend')),
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
  -- Why it was refused, in the shop's terms.
  class           TEXT,
  FOREIGN KEY (series, number) REFERENCES receipts (series, number) DEFERRABLE INITIALLY DEFERRED,
  CHECK ((bytes IS NULL) <> (file IS NULL)),
  CHECK ((kind = 'forward') = (number IS NULL)),
  CHECK ((series IS NULL) = (number IS NULL)),
  CHECK ((state IN ('sent', 'refused')) = (settled_at IS NOT NULL)),
  CHECK ((state = 'refused') = (class IS NOT NULL)),
  -- The attempt is counted before it is made.
  CHECK (state IN ('queued', 'refused') OR attempts >= 1)
) STRICT;

INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, message_id, bytes, file,
                    state, attempts, created_at, next_attempt_at, settled_at, answer, class)
SELECT id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, message_id, bytes, file,
       state, attempts, created_at, next_attempt_at, settled_at, answer, CASE state WHEN 'refused' THEN 'other' END
FROM outbox_before;
DROP TABLE outbox_before;

-- A mail has one receipt, one repeat reply or one forward; its number may be sent again as often as the shop asks.
CREATE UNIQUE INDEX outbox_by_mail ON outbox (mail_id, kind) WHERE kind <> 'resend';
-- A number is not sent again while it is still on its way.
CREATE UNIQUE INDEX outbox_resending ON outbox (series, number)
  WHERE kind = 'resend' AND state IN ('queued', 'sending', 'unsure');
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

-- What is sent again is a number whose receipt is settled: its mail is too, and waits for nothing.
CREATE TRIGGER outbox_resends_what_was_settled BEFORE INSERT ON outbox
WHEN NEW.kind = 'resend'
 AND NOT EXISTS (SELECT 1 FROM receipts AS r JOIN outbox AS o ON o.id = r.outbox_id
                 WHERE r.series = NEW.series AND r.number = NEW.number AND o.state IN ('sent', 'refused'))
BEGIN SELECT RAISE(ABORT, 'this number is still on its way'); END;

-- As before, but a mail does not wait for its number to be sent again (invariant 3 is about what the mail asked for).
DROP TRIGGER mails_are_settled_before_they_go;
CREATE TRIGGER mails_are_settled_before_they_go BEFORE UPDATE OF state ON mails
WHEN NEW.state IN ('settled', 'purging', 'gone')
 AND EXISTS (SELECT 1 FROM outbox WHERE outbox.mail_id = NEW.id AND outbox.kind <> 'resend'
             AND outbox.state NOT IN ('sent', 'refused'))
BEGIN SELECT RAISE(ABORT, 'invariant 3: this mail has a reply or forward that is not settled'); END;

-- What came back about a letter: one row a report and recipient. Never changed, never deleted.
CREATE TABLE delivery_reports (
  id        INTEGER PRIMARY KEY,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  series    TEXT    NOT NULL,
  number    INTEGER NOT NULL,
  -- The mail that brought the report.
  mail_id   INTEGER NOT NULL REFERENCES mails (id),
  at        INTEGER NOT NULL,
  action    TEXT    NOT NULL CHECK (action IN ('failed', 'delayed', 'delivered', 'relayed')),
  class     TEXT,
  -- The refusing server's words, or the report's own.
  said      TEXT    NOT NULL,
  FOREIGN KEY (series, number) REFERENCES receipts (series, number),
  UNIQUE (mail_id, outbox_id),
  CHECK ((action IN ('failed', 'delayed')) = (class IS NOT NULL))
) STRICT;

CREATE INDEX delivery_reports_by_number ON delivery_reports (series, number, outbox_id);

-- How far each number is: by its newest letter, and by what came back about that letter or a repeat reply after it.
-- A report that a letter is only late changes nothing.
CREATE VIEW delivery AS
SELECT r.series, r.number, r.address, r.address_key, r.mailbox_id, r.given_at, o.id AS outbox_id, o.attempts,
       CASE WHEN o.state = 'queued' THEN 'queued'
            WHEN o.state IN ('sending', 'unsure') THEN 'unsure'
            WHEN o.state = 'refused' THEN 'refused'
            WHEN p.action = 'failed' THEN 'bounced'
            WHEN o.kind = 'resend' THEN 'sent-again'
            ELSE 'sent' END AS state,
       CASE WHEN o.state = 'refused' THEN o.class
            WHEN o.state = 'sent' AND p.action = 'failed' THEN p.class END AS class,
       CASE WHEN o.state = 'sent' AND p.action = 'failed' THEN p.at ELSE o.settled_at END AS settled_at,
       CASE WHEN o.state = 'sent' AND p.action = 'failed' THEN p.said ELSE o.answer END AS answer
FROM receipts AS r
JOIN outbox AS o ON o.id = (SELECT max(l.id) FROM outbox AS l
                            WHERE l.series = r.series AND l.number = r.number AND l.kind IN ('receipt', 'resend'))
LEFT JOIN delivery_reports AS p ON p.id = (SELECT max(d.id) FROM delivery_reports AS d
                                           WHERE d.series = r.series AND d.number = r.number AND d.outbox_id >= o.id
                                             AND d.action <> 'delayed');

-- What happened to each number's letters, step by step.
CREATE VIEW delivery_history AS
SELECT series, number, created_at AS at, 1 AS step, 'queued' AS state, kind, NULL AS class, NULL AS said
  FROM outbox WHERE number IS NOT NULL
UNION ALL
SELECT series, number, settled_at, 2, CASE WHEN state = 'sent' AND kind = 'resend' THEN 'sent-again' ELSE state END, kind,
       class, answer
  FROM outbox WHERE number IS NOT NULL AND settled_at IS NOT NULL
UNION ALL
SELECT d.series, d.number, d.at, 3, CASE d.action WHEN 'failed' THEN 'bounced' ELSE d.action END, o.kind, d.class, d.said
  FROM delivery_reports AS d JOIN outbox AS o ON o.id = d.outbox_id;
