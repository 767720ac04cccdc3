//! What Karamail decides, with no I/O, no clock and no async: bytes, times and settings come in as arguments, and
//! data goes out for someone else to act on.
//!
//! The nouns, in reading order:
//!
//! 1. [`address`]: an e-mail address as the field really writes it, and the key under which one customer is one customer.
//! 2. [`mail`]: [`mail::IncomingMail`], the facts of one mail that decisions rest on.
//! 3. [`decide`]: the decision table; [`decide::decide`] returns an [`decide::Outcome`] with its stable [`decide::Reason`].
//! 4. [`template`] and [`compose`]: the shop's wording, and the finished bytes of a reply or a forward.
//! 5. [`delivery`]: what an SMTP answer means for a message in the outbox, and when it is tried again.
//!    [`delivery_report`]: what a mail that came back says about a letter that was sent.
//! 6. [`pop3`]: the POP3 session: bytes in, bytes and events out.
//! 7. [`sender_policy`]: SPF and DMARC records, read.
//! 8. [`mod@words`]: every sentence that people read, in Japanese and English; [`journal`]: what happened, and the line
//!    of the monthly log that tells it.
//! 9. [`limits`]: every bound, with its reason.
//!
//! Invariant: nothing here opens a file, a socket or a clock, and nothing from the network can panic.

pub mod address;
pub mod compose;
pub mod decide;
pub mod delivery;
pub mod delivery_report;
pub mod journal;
pub mod limits;
pub mod mail;
pub mod pop3;
pub mod sender_policy;
pub mod template;
pub mod words;
