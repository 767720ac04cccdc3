//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

/// Longest local part, bytes. RFC 5321 section 4.5.3.1.1 says 64; some systems give out longer ones that work.
pub const ADDRESS_LOCAL_PART_BYTES: usize = 128;
/// Longest address, bytes. RFC 5321 section 4.5.3.1.3 allows a path of 256 with its angle brackets.
pub const ADDRESS_TOTAL_BYTES: usize = 254;

/// Longest header block that is read, bytes. A phone's header is 2 to 20 KB; one of a megabyte is an attack or garbage,
/// and its sender counts as unreadable.
pub const HEADER_BLOCK_BYTES: usize = 1024 * 1024;
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
