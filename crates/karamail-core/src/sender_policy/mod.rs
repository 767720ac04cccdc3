//! What a domain says in the DNS about who may send in its name: SPF (RFC 7208) and DMARC (RFC 7489) records, read.
//!
//! Only the reading is here; asking the DNS and following includes is the engine's.

mod dmarc;
mod spf;

pub use dmarc::{DmarcPolicy, DmarcRecord};
pub use spf::{Directive, Mechanism, Qualifier, SpfRecord, SpfSyntaxFault, is_in_network};
