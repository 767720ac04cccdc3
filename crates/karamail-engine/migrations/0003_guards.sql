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
