-- Data: consent records, people who left, people who were erased, mails that were imported.

-- A person left by mail (the newest time); a signup mail takes it back. The number stays in either case.
ALTER TABLE receipts ADD COLUMN left_at INTEGER;
-- The address was replaced by a tombstone. The number stays and is never given again.
ALTER TABLE receipts ADD COLUMN erased_at INTEGER;
-- Its sender was erased: with the keep rule `when-erased` it leaves the server.
ALTER TABLE mails ADD COLUMN erased_at INTEGER;
-- It came from a file and not from the server.
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

-- As before, with people who left or were erased, and letters that were never to be sent: those are settled as refused,
-- by us, with the class `withheld`.
DROP VIEW delivery;
CREATE VIEW delivery AS
SELECT r.series, r.number, r.address, r.address_key, r.mailbox_id, r.given_at, r.left_at, r.erased_at,
       o.id AS outbox_id, o.attempts,
       CASE WHEN o.state = 'queued' THEN 'queued'
            WHEN o.state IN ('sending', 'unsure') THEN 'unsure'
            WHEN o.state = 'refused' AND o.class = 'withheld' THEN 'withheld'
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

DROP VIEW delivery_history;
CREATE VIEW delivery_history AS
SELECT series, number, created_at AS at, 1 AS step, 'queued' AS state, kind, NULL AS class, NULL AS said
  FROM outbox WHERE number IS NOT NULL
UNION ALL
SELECT series, number, settled_at, 2,
       CASE WHEN class = 'withheld' THEN 'withheld'
            WHEN state = 'sent' AND kind = 'resend' THEN 'sent-again' ELSE state END, kind, class, answer
  FROM outbox WHERE number IS NOT NULL AND settled_at IS NOT NULL
UNION ALL
SELECT d.series, d.number, d.at, 3, CASE d.action WHEN 'failed' THEN 'bounced' ELSE d.action END, o.kind, d.class, d.said
  FROM delivery_reports AS d JOIN outbox AS o ON o.id = d.outbox_id;
