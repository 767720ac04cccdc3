//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

/// Longest local part, bytes. RFC 5321 section 4.5.3.1.1 says 64; some systems give out longer ones that work.
pub const ADDRESS_LOCAL_PART_BYTES: usize = 128;
/// Longest address, bytes. RFC 5321 section 4.5.3.1.3 allows a path of 256 with its angle brackets.
pub const ADDRESS_TOTAL_BYTES: usize = 254;

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
/// Customers of one demo: more than any counter sees in a day, and the terminal still shows them all.
pub const DEMO_CUSTOMERS: usize = 1_000;
/// Lines of a mail's body that the phone on the terminal shows.
pub const DEMO_PHONE_LINES: usize = 40;
