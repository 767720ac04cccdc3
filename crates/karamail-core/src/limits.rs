//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

use std::time::Duration;

/// Longest local part, bytes. RFC 5321 section 4.5.3.1.1 says 64; some systems give out longer ones that work.
pub const ADDRESS_LOCAL_PART_BYTES: usize = 128;
/// Longest address, bytes. RFC 5321 section 4.5.3.1.3 allows a path of 256 with its angle brackets.
pub const ADDRESS_TOTAL_BYTES: usize = 254;

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
pub const POP3_HEADER_BYTES: usize = 1024 * 1024;
/// Commands on the way at once where the server allows PIPELINING.
pub const POP3_PIPELINE_COMMANDS: usize = 128;
/// Bytes of one reply that are read only to be dropped, so that one endless reply cannot hold a session for ever.
pub const POP3_DRAIN_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Longest quotation of a server's words that is shown or logged, characters.
pub const POP3_SAID_CHARACTERS: usize = 300;
/// POP3 read buffer, bytes: several TLS records, or some hundred small replies, at once.
pub const POP3_READ_BUFFER_BYTES: usize = 128 * 1024;
/// How long a plain port may be silent before we look whether it speaks TLS. POP3 servers greet first, and within moments.
pub const POP3_SUSPICIOUS_SILENCE: Duration = Duration::from_secs(5);
/// How long the look whether a port speaks TLS may take; a handshake takes a second at worst.
pub const POP3_TLS_PROBE: Duration = Duration::from_secs(5);
/// How long the farewell to a socket may take after QUIT was answered. Nothing depends on it.
pub const POP3_CLOSE: Duration = Duration::from_secs(1);
