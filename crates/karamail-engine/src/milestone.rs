//! What is reached while a session is being opened, for people who watch a test.

use std::net::{IpAddr, SocketAddr};

/// One thing that went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// The host's name has these addresses.
    Resolved(Vec<IpAddr>),
    /// A TCP connection stands.
    Connected(SocketAddr),
    /// TLS stands, and the certificate is sound and for this host.
    Encrypted,
    /// The server took the login, or wants none.
    LoggedIn,
}

/// Is told of each milestone as it is reached. It must not take long: the session waits. Where a session is opened a second
/// time because the server failed at a command that it does not know, milestones come a second time.
pub type Watch<'a> = dyn Fn(Milestone) + Send + Sync + 'a;

/// For sessions that nobody watches.
pub(crate) fn nobody(_: Milestone) {}
