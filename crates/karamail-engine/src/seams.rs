//! Where the simulation takes the world's place (docs/decisions/0130): sockets, files, the moments at which the program
//! may die, and the order in which things happen. In the program each of these is tokio's own, or nothing at all.

#[cfg(test)]
pub(crate) use crate::simulation::seams::{
    Busy, Socket, file_trouble, files, has_no_tls, lockstep, off_the_loop, step,
};

#[cfg(not(test))]
pub(crate) use real::{Busy, Socket, file_trouble, files, has_no_tls, lockstep, off_the_loop, step};

#[cfg(not(test))]
mod real {
    use std::io;

    pub(crate) use tokio::fs as files;
    pub(crate) use tokio::net::TcpStream as Socket;

    /// Runs work on files where it does not hold up the loop.
    pub(crate) async fn off_the_loop<T: Send + 'static>(
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(io::Error::other)
            .flatten()
    }

    /// The simulation lets nothing else go on while this waits for the ledger.
    #[inline(always)]
    pub(crate) fn lockstep<F>(future: F) -> F {
        future
    }

    /// The simulation may end the program here.
    #[inline(always)]
    pub(crate) async fn step(_name: &str) {}

    /// The simulation waits with everything else while the ledger is at work.
    pub(crate) struct Busy;

    impl Busy {
        #[inline(always)]
        pub(crate) fn now() -> Busy {
            Busy
        }
    }

    /// The simulation may have trouble with its files here.
    #[inline(always)]
    pub(crate) fn file_trouble() -> io::Result<()> {
        Ok(())
    }

    /// The simulation has no TLS to look for.
    #[inline(always)]
    pub(crate) fn has_no_tls() -> bool {
        false
    }
}
