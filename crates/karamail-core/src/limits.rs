//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

use std::time::Duration;

/// Longest local part, bytes. RFC 5321 section 4.5.3.1.1 says 64; some systems give out longer ones that work.
pub const ADDRESS_LOCAL_PART_BYTES: usize = 128;
/// Longest address, bytes. RFC 5321 section 4.5.3.1.3 allows a path of 256 with its angle brackets.
pub const ADDRESS_TOTAL_BYTES: usize = 254;

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
/// Longest Message-ID repeated in In-Reply-To, bytes. The header line must stay below the 998 of RFC 5322 section
/// 2.1.1 with its name and brackets.
pub const MESSAGE_ID_BYTES: usize = 900;
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
