//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

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
/// Longest header block that is read, bytes. A phone's header is 2 to 20 KB; one of a megabyte is an attack or garbage,
/// and its sender counts as unreadable.
pub const HEADER_BLOCK_BYTES: usize = 1024 * 1024;
/// Most header fields read of one mail, for the same reason.
pub const HEADER_FIELDS: usize = 5_000;
/// Lines in a row that are no header field after which the header is taken to have ended without its blank line.
pub const HEADER_GARBAGE_LINES: usize = 10;
/// Most addresses read from one address header. One is an answerable sender; the rest only have to be counted.
pub const HEADER_ADDRESSES: usize = 1_000;
/// Deepest nesting of header comments that is followed; deeper ones are taken as text.
pub const COMMENT_DEPTH: usize = 20;
/// Longest Message-ID kept, bytes: a header line has at most 998 (RFC 5322 section 2.1.1).
pub const MESSAGE_ID_BYTES: usize = 900;
/// Most ids of In-Reply-To and References kept. The last ones are the nearest ancestors.
pub const REFERENCES: usize = 200;
/// Longest date text given to the date parser, bytes. `Sat, 21 Nov 2026 12:00:00 +0900 (Japan Standard Time)` has 53.
pub const DATE_BYTES: usize = 200;
