//! Every bound in Karamail, with its reason. A bound that only one module needs still lives here, so that a reader
//! sees all of them at once.

/// Longest local part, bytes. RFC 5321 section 4.5.3.1.1 says 64; some systems give out longer ones that work.
pub const ADDRESS_LOCAL_PART_BYTES: usize = 128;
/// Longest address, bytes. RFC 5321 section 4.5.3.1.3 allows a path of 256 with its angle brackets.
pub const ADDRESS_TOTAL_BYTES: usize = 254;
