//! The POP3 session without I/O: bytes in, bytes and events out (RFC 1939, 2449, 2595, 3206, 5034, 6856).
//!
//! In reading order:
//!
//! 1. [`Login`]: from the greeting to the transaction state, through CAPA, STLS and the password.
//! 2. [`Transaction`]: commands, one after the other or pipelined, and the [`Event`]s of their replies. It is made by
//!    [`Login::into_transaction`] only, so no mail command is sent before the login succeeded.
//! 3. [`Capabilities`], [`ListedMail`], [`HeaderBlock`]: what replies say.
//! 4. [`Pop3Error`]: step, problem, the server's own words, and whether to try again.
//! 5. [`plan`]: which mails of a listing are fetched.
//!
//! The caller owns the socket. It writes what `output` holds, reads into a buffer of its own, and calls `advance` with
//! what it has not yet handed over until no event comes back:
//!
//! Invariant: memory stays bounded whatever the server sends; an event borrows the caller's bytes instead of copying.
//! Invariant: the split of the input over calls changes nothing but where [`Event::Body`] is cut in pieces.

mod capabilities;
mod fault;
mod headers;
mod listing;
mod login;
pub mod plan;
mod refusal;
mod reply;
mod sasl;
mod transaction;

pub use capabilities::{Capabilities, Expire};
pub use fault::{Fault, MailFault, Pop3Error, Problem, Retry, Step, quoted};
pub use headers::HeaderBlock;
pub use listing::{ListedMail, Listing, ListingReader, Uidl};
pub use login::{Encryption, Login, LoginEvent, LoginSettings};
pub use sasl::{Authentication, Mechanism, cram_md5_answer};
pub use transaction::{Command, Event, Stat, Transaction};
