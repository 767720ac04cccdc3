//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

use std::time::Duration;

/// Longest local part, bytes. RFC 5321 section 4.5.3.1.1 says 64; some systems give out longer ones that work.
pub const ADDRESS_LOCAL_PART_BYTES: usize = 128;
/// Longest address, bytes. RFC 5321 section 4.5.3.1.3 allows a path of 256 with its angle brackets.
pub const ADDRESS_TOTAL_BYTES: usize = 254;

// --- settings ---

/// Largest settings file, bytes. The sample with every comment is 20 kB; a thousand mailboxes are 1 MB.
pub const CONFIG_FILE_BYTES: u64 = 2 * 1024 * 1024;
/// Largest template file, bytes: a receipt is a short letter, and UTF-8 kana take three bytes each.
pub const TEMPLATE_FILE_BYTES: u64 = 256 * 1024;
/// Largest file of extra certificates, bytes: the whole bundle of a browser is 250 kB.
pub const CA_FILE_BYTES: u64 = 1024 * 1024;
/// Largest secrets file, bytes: two passwords for each of [`MAILBOXES`].
pub const SECRETS_FILE_BYTES: u64 = 1024 * 1024;
/// Longest password, bytes. Access tokens (XOAUTH2) run to 4 kB.
pub const PASSWORD_BYTES: usize = 8 * 1024;
/// How many mailboxes one installation collects. A PC polls them one round after another.
pub const MAILBOXES: usize = 1_000;
/// How many number series there are.
pub const SERIES: usize = 1_000;
/// Longest mailbox and series name, characters: what shops know from their older programs, and what fits a column.
pub const MAILBOX_NAME_CHARACTERS: usize = 20;
/// Most faults that are told at once; a file of another kind would otherwise fill the screen.
pub const CONFIG_FAULTS: usize = 50;
/// Most syntax faults that are told at once: after the first few, one slip explains the rest.
pub const CONFIG_SYNTAX_FAULTS: usize = 5;
/// Longest piece of a wrong value that an error repeats, characters.
pub const CONFIG_SHOWN_VALUE_CHARACTERS: usize = 40;
/// How long the settings folder must be quiet before the file is read again: editors write in several steps.
pub const CONFIG_DEBOUNCE: std::time::Duration = std::time::Duration::from_millis(300);
/// The longest that a folder without a quiet moment can put off reading the settings.
pub const CONFIG_DEBOUNCE_MOST: std::time::Duration = std::time::Duration::from_secs(3);
/// How often settings on a network drive are looked at, where the system does not tell of changes.
pub const CONFIG_POLL: std::time::Duration = std::time::Duration::from_secs(5);
/// How many folders are watched: the settings' own, and those of templates and certificates elsewhere.
pub const CONFIG_WATCHED_FOLDERS: usize = 16;
/// How long the system's keyring may take. It may be asking the user to unlock it; a machine without one must not hang.
pub const KEYRING_WAIT: std::time::Duration = std::time::Duration::from_secs(10);
/// Longest part of a POP3 status or list line that is kept, bytes. RFC 2449 section 4 allows 512; UIDL lines and texts
/// of real servers run longer. What lies beyond it is read and dropped.
pub const POP3_LINE_BYTES: usize = 2 * 1024;
/// Longest AUTH command line with an initial response, bytes with CRLF (RFC 5034 section 4). A longer response waits for
/// the server's `+`.
pub const POP3_AUTH_COMMAND_BYTES: usize = 255;
/// Lines skipped between a greeting and the first reply: some servers greet with a page of text, none with a book.
pub const POP3_GREETING_LINES: u32 = 64;
/// Capability lines that are read; RFC 2449 and its successors define about 15.
pub const POP3_CAPABILITY_LINES: usize = 128;
/// Mails of one listing. A mailbox that holds more is worked off in several sessions; each entry costs about 100 bytes.
pub const POP3_LISTING_MAILS: usize = 200_000;
/// Longest UIDL kept as it stands, bytes. RFC 1939 allows 70; longer ones exist, and beyond this they become a digest.
pub const POP3_UIDL_BYTES: usize = 255;
/// Largest header block that is kept of a mail, bytes. Real ones stay under 64 KiB; the rest is cut off and flagged.
/// One byte more than [`HEADER_BLOCK_BYTES`], so that the parser sees that a header was cut.
pub const POP3_HEADER_BYTES: usize = HEADER_BLOCK_BYTES + 1;
/// Commands on the way at once where the server allows PIPELINING.
pub const POP3_PIPELINE_COMMANDS: usize = 128;
/// Bytes of one reply that are read only to be dropped, so that one endless reply cannot hold a session for ever.
pub const POP3_DRAIN_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Longest quotation of a server's words that is shown or logged, characters.
pub const POP3_SAID_CHARACTERS: usize = 300;
/// How long a keyring that refused or did not answer is left alone by polling: each question may open a window that asks
/// the user to unlock it.
pub const KEYRING_REST: std::time::Duration = std::time::Duration::from_secs(300);
/// Longest header block that is read, bytes. A phone's header is 2 to 20 KB; one of a megabyte is an attack or garbage,
/// and its sender counts as unreadable.
pub const HEADER_BLOCK_BYTES: usize = 1024 * 1024;
/// Headers that are held in memory at once while mails are taken in, bytes by their listed sizes: thousands of signup mails, or some
/// mails with a header made as long as is read. What is read out of them takes as much again.
pub const BATCH_HEADER_BYTES: u64 = 16 * 1024 * 1024;
/// Most header fields read of one mail, for the same reason.
pub const HEADER_FIELDS: usize = 5_000;
/// Lines in a row that are no header field after which the header is taken to have ended without its blank line.
pub const HEADER_GARBAGE_LINES: usize = 10;
/// Most addresses read from one address header. One is an answerable sender; the rest only have to be counted.
pub const HEADER_ADDRESSES: usize = 1_000;
/// Longest quoted string, comment or encoded word that is looked for in a header, bytes. RFC 2047 allows 75 for a word and
/// a line has at most 998; a longer one is text. Without a bound, a header of unclosed quotes takes quadratic time.
pub const HEADER_QUOTED_BYTES: usize = 1_000;
/// Lines of blanks in a row that still may be the folding of one header field.
pub const HEADER_BLANK_LINES: usize = 20;
/// Deepest nesting of header comments that is followed; deeper ones are taken as text.
pub const COMMENT_DEPTH: usize = 20;
/// Longest subject, display name or unreadable From kept, characters. They are stored and shown; people's are below 200.
pub const HEADER_TEXT_CHARACTERS: usize = 2_000;
/// Longest Message-ID kept, bytes: a header line has at most 998 (RFC 5322 section 2.1.1).
pub const MESSAGE_ID_BYTES: usize = 900;
/// Most ids of In-Reply-To and References kept. The last ones are the nearest ancestors.
pub const REFERENCES: usize = 200;
/// Longest date text given to the date parser, bytes. `Sat, 21 Nov 2026 12:00:00 +0900 (Japan Standard Time)` has 53.
pub const DATE_BYTES: usize = 200;
/// Longest subject of a template, characters. Phones show 20 to 30; the rest is room for marks and long shop names.
pub const TEMPLATE_SUBJECT_CHARACTERS: usize = 200;
/// Longest body of a template, characters. Far beyond a receipt; old phones cut a mail at about 10,000.
pub const TEMPLATE_BODY_CHARACTERS: usize = 20_000;
/// Longest text between two stars that is read as a mark, characters. Longer text between stars is decoration.
pub const TEMPLATE_MARK_CHARACTERS: usize = 10;
/// Longest shop name put into a letter, characters. It stands in subjects, where a phone shows far less.
pub const SHOP_NAME_CHARACTERS: usize = 100;
/// Longest subject we send, characters, after everything is filled in. Keeps a header of four-byte characters below
/// 4 kB, which every server takes.
pub const SUBJECT_CHARACTERS: usize = 400;
/// Longest display name we send, characters. Mail programs show about 40.
pub const DISPLAY_NAME_CHARACTERS: usize = 100;
/// Longest subject or sender of somebody else's mail shown in a forward, characters. Enough to recognise it; the whole
/// is in the original.
pub const FORWARD_FACT_CHARACTERS: usize = 200;
/// Largest original that is forwarded, bytes. Providers take 25 to 35 MB with the encoding on top; a larger one stays
/// in the archive and a notice goes out instead.
pub const FORWARD_MAX_BYTES: u64 = 25 * 1024 * 1024;
/// Longest line of a mail, bytes without its line end. RFC 5322 section 2.1.1.
pub const MAIL_LINE_BYTES: usize = 998;
/// Longest answer of an SMTP server that is kept, characters. A screen line or two; servers add links and boilerplate.
pub const SMTP_ANSWER_CHARACTERS: usize = 300;
/// Longest answer of an SMTP server that is read, bytes. RFC 5321 section 4.5.3.1.5 allows lines of 512; EHLO gives a
/// few dozen lines at most.
pub const SMTP_ANSWER_BYTES: usize = 64 * 1024;
/// How long an SMTP connection stays open without work. Servers hang up after one to five minutes; a rush at the counter
/// has its customers closer together than this.
pub const SMTP_IDLE: Duration = Duration::from_secs(20);
/// How long we wait for the answer to QUIT. It changes nothing any more.
pub const SMTP_QUIT: Duration = Duration::from_secs(2);
/// The slowest line a letter may still get through, bytes a second (64 kbit/s). Bounds the time of a whole content.
pub const SMTP_SLOWEST_LINE: u64 = 8_000;
/// Largest file of extra certificates, bytes. The roots of a whole system are below 300 kB.
pub const EXTRA_CA_BYTES: u64 = 1024 * 1024;
/// Connections each demo server serves at once. A mailer keeps at most 20; a person may add a mail program.
pub const DEMO_CONNECTIONS: usize = 32;
/// Largest mail the demo's SMTP server takes, bytes; it says so with SIZE (RFC 1870). Phone photos fit.
pub const DEMO_MAIL_BYTES: usize = 10 * 1024 * 1024;
/// Bytes the demo's SMTP server keeps in all, so that a mistake in a loop cannot fill the memory.
pub const DEMO_TOTAL_BYTES: usize = 128 * 1024 * 1024;
/// Mails the demo's SMTP server keeps in all.
pub const DEMO_SENT_MAILS: usize = 20_000;
/// Recipients of one mail at the demo's SMTP server; RFC 5321 section 4.5.3.1.8 asks for at least 100.
pub const DEMO_RECIPIENTS: usize = 100;
/// Longest line a demo server reads, bytes. RFC 5321 section 4.5.3.1.6 says 1,000; real mails have longer ones.
pub const DEMO_LINE_BYTES: usize = 64 * 1024;
/// How long a demo server waits for the other side. RFC 1939 section 3 asks for at least ten minutes.
pub const DEMO_IDLE: std::time::Duration = std::time::Duration::from_secs(600);
/// Customers of one demo: as many as the speed of the whole is judged by.
pub const DEMO_CUSTOMERS: usize = 10_000;
/// Lines of a mail's body that the phone on the terminal shows.
pub const DEMO_PHONE_LINES: usize = 40;
/// Mails sent by hand that the demo's screen remembers: more than anybody looks back over.
pub const DEMO_REMEMBERED_MAILS: usize = 200;
/// Longest subject that can be typed into the demo's phone, characters.
pub const DEMO_SUBJECT_CHARACTERS: usize = 120;
/// POP3 read buffer, bytes: several TLS records, or some hundred small replies, at once.
pub const POP3_READ_BUFFER_BYTES: usize = 128 * 1024;
/// POP3 read buffer at the start, bytes: it grows once a read fills it. Most polls bring nothing, and a thousand mailboxes
/// may be polled at one moment.
pub const POP3_FIRST_READ_BUFFER_BYTES: usize = 4 * 1024;
/// How long a plain port may be silent before we look whether it speaks TLS. POP3 servers greet first, and within moments.
pub const POP3_SUSPICIOUS_SILENCE: Duration = Duration::from_secs(5);
/// How long the look whether a port speaks TLS may take; a handshake takes a second at worst.
pub const POP3_TLS_PROBE: Duration = Duration::from_secs(5);
/// How long the farewell to a socket may take after QUIT was answered. Nothing depends on it.
pub const POP3_CLOSE: Duration = Duration::from_secs(1);
/// How long the round-trip test waits for its mail. Most hosts deliver to themselves within seconds; greylisting of one's
/// own mail takes a minute or two.
pub const SELF_TEST_ARRIVAL: Duration = Duration::from_secs(180);
/// How often it looks into the mailbox meanwhile. Some providers block a mailbox that is polled every second.
pub const SELF_TEST_POLL: Duration = Duration::from_secs(5);
/// How long a test waits for a mailbox that another session holds: a collecting program is done within moments.
pub const SELF_TEST_BUSY: Duration = Duration::from_secs(30);
/// How often a program that collects is asked to look for a test mail that is on its way: as often as the shortest
/// intervals that providers bear for a while, however long the shop's own is.
pub const SELF_TEST_NUDGE: Duration = Duration::from_secs(10);
/// How often the demo's own mailbox is looked into for a test mail: nobody minds there.
pub const SELF_TEST_DEMO_POLL: Duration = Duration::from_millis(500);
/// Newest mails whose headers the round-trip test reads where the server gives no unique ids.
pub const SELF_TEST_NEWEST_MAILS: usize = 200;
/// Mails whose headers the clean-up reads at once, so that a full mailbox needs little memory.
pub const SELF_TEST_BATCH: usize = 250;
/// How long one question to a name server may take; most are answered within 100 ms.
pub const DNS_TIMEOUT: Duration = Duration::from_secs(3);
/// How often a question is asked again. Without a network a look-up so ends within seconds.
pub const DNS_ATTEMPTS: usize = 1;
/// How long all questions about one domain may take together.
pub const DNS_ALL: Duration = Duration::from_secs(20);
/// Terms of an SPF record that may ask the DNS. RFC 7208 section 4.6.4.
pub const SPF_LOOKUPS: u32 = 10;
/// Terms of an SPF record that may find nothing. RFC 7208 section 4.6.4.
pub const SPF_VOID_LOOKUPS: u32 = 2;
/// Mail servers that one `mx` term may name. RFC 7208 section 4.6.4.
pub const SPF_MAIL_SERVERS: usize = 10;
/// Names that are asked for a DMARC record on the way up from the domain.
pub const DMARC_STEPS: usize = 8;
/// How long one server may take to answer when common names are tried: connecting, TLS and its greeting together.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(6);
/// Servers that are tried at once. Enough that a dozen names are through within seconds, too few to look like an attack.
pub const PROBES_AT_ONCE: usize = 8;
/// Longest greeting that is read, bytes. RFC 5321 section 4.5.3.1.5 and RFC 1939 section 3 allow 512 a line.
pub const PROBE_ANSWER_BYTES: usize = 4096;
/// Mail exchangers whose names are tried beside the common ones.
pub const PROBE_MAIL_SERVERS: usize = 2;

// --- backups ---

/// Most files in one backup. A shop with a hundred other mails a day keeps 3,000 in its archive.
pub const BACKUP_ENTRIES: usize = 1_000_000;
/// Longest name of an entry of a backup, bytes. Windows takes paths of 260 characters.
pub const BACKUP_NAME_BYTES: usize = 240;
/// Largest manifest of a backup, bytes: 200 for each of [`BACKUP_ENTRIES`].
pub const BACKUP_MANIFEST_BYTES: u64 = 200 * 1024 * 1024;
/// How many times its size a backup may unpack to. The ledger and mails shrink to a fifth; a bomb grows a thousandfold.
pub const BACKUP_RATIO: u64 = 100;
/// What a backup may unpack to whatever its own size: a small ledger has pages that are nearly empty.
pub const BACKUP_UNPACKED_FREELY: u64 = 64 * 1024 * 1024;
/// Largest file beside the ledger that restoring takes over from the folder before, bytes.
pub const BACKUP_OTHER_FILE_BYTES: u64 = 16 * 1024 * 1024;
// --- delivery reports ---

/// How much of a mail is read as a delivery report, bytes. Reports put the reasons first and the returned letter, which
/// is a short one of ours, behind them.
pub const REPORT_BYTES: usize = 256 * 1024;
/// Deepest nesting of MIME parts that is followed; a report has two levels, one that was passed on some more.
pub const MIME_DEPTH: usize = 6;
/// Most MIME parts that are read of one mail; a report has three or four.
pub const MIME_PARTS: usize = 50;
/// Most recipients read of one report. A letter of ours has one.
pub const REPORT_RECIPIENTS: usize = 100;
/// Most Message-IDs read of one report, for the same reason.
pub const REPORT_MESSAGE_IDS: usize = 20;
/// How long after a letter a report without its Message-ID is taken to be about it, days: mail servers give up after five.
pub const REPORT_MATCH_DAYS: i64 = 10;
/// Most numbers that are sent again with one command.
pub const RESEND_NUMBERS: usize = 1_000;
/// Longest explanation of a report that is kept, characters: a paragraph to read on a screen.
pub const REPORT_TEXT_CHARACTERS: usize = 600;
// --- requests of commands to the running program ---

/// How long a command waits for the running program. It answers within moments, unless the disk or the machine is busy.
pub const REQUEST_WAIT: Duration = Duration::from_secs(30);
/// How often a command that waits looks for its result.
pub const REQUEST_LOOK: Duration = Duration::from_millis(50);
/// How old a request may be that a program performs at its start: whoever asked before that has gone, and may have done
/// something else since.
pub const REQUEST_AGE: Duration = Duration::from_secs(600);
/// How long the result of a request is kept for a command that does not come for it.
pub const REQUEST_KEPT: Duration = Duration::from_secs(24 * 3600);
/// How often requests are looked for where the system does not tell of changes (network drives).
pub const REQUESTS_POLL: Duration = Duration::from_secs(5);

// --- imports ---

/// Most mails taken in by one import: each needs some sixty bytes until all are sorted by date.
pub const IMPORT_MAILS: usize = 1_000_000;
/// Deepest folder that an import goes into. Mail programs nest a handful.
pub const IMPORT_DEPTH: usize = 64;
/// Longest beginning of a line that is looked at to find where a mail of an mbox file begins, bytes.
pub const IMPORT_LINE_BYTES: usize = 1_000;
// --- guards ---

/// Lines of a mail's body that are read to look for the shop word. Phones write it at the top; a page of quoted text or
/// the parts of a multipart mail may stand above it.
pub const POP3_START_LINES: u32 = 100;
/// Bytes of a mail that are kept to look for the shop word: lines may be of any length, and a photo is base64 in lines.
pub const POP3_START_BYTES: usize = 256 * 1024;
/// How many shop words there are, and how long one is, characters. A person types it on a phone.
pub const SHOP_WORDS: usize = 100;
/// Longest shop word, characters.
pub const SHOP_WORD_CHARACTERS: usize = 50;
/// How often in a row a server may refuse one mail before the mail is put aside. Once is a hiccup; for ever would be a
/// mail that is asked for at every poll and keeps the first contact from ending.
pub const MAIL_REFUSALS: u32 = 3;
/// Known mails whose header is looked at again in one session because their size differs.
pub const SIZE_LOOKS: usize = 250;
/// Sessions in a row in which such looks found the same mails, after which a server's sizes say nothing any more: some
/// servers guess them anew each time.
pub const VAIN_SIZE_LOOKS: u32 = 3;
/// From this many mails on, mails that nobody recognises on a day when every unique id is new are not answered at once.
pub const STRANGE_DAY_MAILS: usize = 20;
/// How much the clock may go wrong against the time that passed before it counts as a jump. Clocks are set right by a few
/// seconds all the time.
pub const CLOCK_JUMP: Duration = Duration::from_secs(30);
/// The longest the engine rests while it collects. A PC that wakes from sleep does not wake our timers, so we look.
pub const LONGEST_NAP: Duration = Duration::from_secs(30);
/// How long collecting pauses when the disk is full, before it looks again.
pub const DISK_FULL_PAUSE: Duration = Duration::from_secs(30);
/// Longest SMTP command line with its CRLF, octets (RFC 5321 section 4.5.3.1.4).
pub const SMTP_COMMAND_BYTES: usize = 512;
/// How much must fit on the disk before collecting goes on: a batch of mails and its letters.
pub const DISK_ROOM_BYTES: usize = 1024 * 1024;

// --- the status screen ---

/// How much later than its interval says a poll may end and the light still be green: a session and its letters take a
/// while, and the machine may be busy.
pub const POLL_GRACE: Duration = Duration::from_secs(60);
/// How long one poll may go on before the light says that it is late: a mailbox of thousands of mails takes minutes.
pub const LONG_POLL: Duration = Duration::from_secs(15 * 60);
/// How many of the newest numbers the status shows.
pub const STATUS_NEWEST: u32 = 10;
/// How many days a receipt that did not arrive needs a hand; later the results still tell of it.
pub const UNDELIVERED_DAYS: i64 = 7;
/// How many receipts that did not arrive are counted for the status.
pub const UNDELIVERED_COUNTED: u32 = 100;
/// How long a button of the status waits to see what it did.
pub const SEEN_WITHIN: Duration = Duration::from_secs(2);
// --- the log screen ---

/// Largest log file that is shown, bytes: a year of it would have some 40 million lines. Larger ones are opened elsewhere.
pub const LOG_FILE_BYTES: u64 = 512 * 1024 * 1024;
/// Log files whose line places are remembered: the present month, and a few that somebody compares.
pub const LOG_FILES_KEPT: usize = 4;
/// Lines given at once: several screens full.
pub const LOG_LINES_AT_ONCE: u64 = 500;
/// Longest piece of a line that is shown, bytes. Our own lines have at most some 3 kB; people may paste anything.
pub const LOG_LINE_BYTES: usize = 8 * 1024;
/// Bytes of a file after which an answer ends: lines of a megabyte come a few at a time.
pub const LOG_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Days that one file can be asked for. A month has 31; a file that was put together by hand may have more.
pub const LOG_DAYS: usize = 366;
/// Longest text that is looked for, characters.
pub const LOG_FIND_CHARACTERS: usize = 200;
/// Beginning of a line in which text is looked for, bytes; the memory that looking takes, four times.
pub const LOG_SEARCHED_LINE_BYTES: usize = 1024 * 1024;
// --- screens ---

/// Results that are read from the ledger at once: a reader is held for a moment only, however many are written to a file.
pub const RESULTS_AT_ONCE: u32 = 500;
/// Rows of a list that are shown first and added while a person scrolls.
pub const ROWS_AT_ONCE: u32 = 50;
/// Rows that one page of a list grows to: beyond them a browser gets slow, and the list goes on on the next page.
pub const ROWS_A_PAGE: u32 = 2_000;
/// Rows that follow the program by themselves at the top of a list: a day's signups of a busy shop.
pub const ROWS_LIVE: u32 = 500;
