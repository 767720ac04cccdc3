-- Lists: what the screens look up stays quick with a hundred thousand numbers.

-- How far a number is, copied from the view `delivery` so that an index can hold it (`unsure` counts as `queued`). The
-- view stays the truth; the triggers below follow it.
ALTER TABLE receipts ADD COLUMN standing TEXT NOT NULL DEFAULT 'queued'
  CHECK (standing IN ('queued', 'sent', 'sent-again', 'refused', 'bounced', 'withheld'));

UPDATE receipts SET standing = (
  SELECT CASE d.state WHEN 'unsure' THEN 'queued' ELSE d.state END FROM delivery AS d
  WHERE d.series = receipts.series AND d.number = receipts.number);

-- A letter changed its state; on its way it counts as queued all the time.
CREATE TRIGGER standing_follows_letters AFTER UPDATE OF state, class ON outbox
WHEN NEW.kind IN ('receipt', 'resend') AND (NEW.state IN ('sent', 'refused') OR OLD.state IN ('sent', 'refused'))
BEGIN
  UPDATE receipts SET standing = (
    SELECT CASE d.state WHEN 'unsure' THEN 'queued' ELSE d.state END FROM delivery AS d
    WHERE d.series = NEW.series AND d.number = NEW.number)
  WHERE series = NEW.series AND number = NEW.number;
END;

-- A number is sent again.
CREATE TRIGGER standing_follows_new_letters AFTER INSERT ON outbox
WHEN NEW.kind = 'resend' OR (NEW.kind = 'receipt' AND NEW.state <> 'queued')
BEGIN
  UPDATE receipts SET standing = (
    SELECT CASE d.state WHEN 'unsure' THEN 'queued' ELSE d.state END FROM delivery AS d
    WHERE d.series = NEW.series AND d.number = NEW.number)
  WHERE series = NEW.series AND number = NEW.number;
END;

-- A letter came back, or arrived after all.
CREATE TRIGGER standing_follows_reports AFTER INSERT ON delivery_reports
WHEN NEW.action <> 'delayed'
BEGIN
  UPDATE receipts SET standing = (
    SELECT CASE d.state WHEN 'unsure' THEN 'queued' ELSE d.state END FROM delivery AS d
    WHERE d.series = NEW.series AND d.number = NEW.number)
  WHERE series = NEW.series AND number = NEW.number;
END;

-- The list of results, newest first, with everything it is filtered by: what is left out is skipped in the index alone.
DROP INDEX receipts_by_time;
CREATE INDEX receipts_listed ON receipts (given_at, number, series, standing, mailbox_id, left_at, erased_at, address_key);
-- One number in every series.
CREATE INDEX receipts_by_number ON receipts (number);
-- What needs a hand.
CREATE INDEX receipts_failed ON receipts (standing) WHERE standing IN ('refused', 'bounced');

-- Mails that wait for the shop, newest last, with what they are counted by.
CREATE INDEX mails_aside ON mails (state, id, reason, mailbox_id) WHERE state IN ('held', 'backlog');
CREATE INDEX aside_ignored ON aside (wish) WHERE wish = 'ignore';
