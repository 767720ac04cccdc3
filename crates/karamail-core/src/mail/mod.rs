//! (see the plan)

/// Identity of a mail across renumberings of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentKey(pub [u8; 32]);
