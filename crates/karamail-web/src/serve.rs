//! The screens for a browser on this machine.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use karamail_engine::program::Program;
use tokio::net::TcpListener;

use crate::connections::{self, Bounds};
pub use crate::guard::Access;
pub use crate::shell::Notice;
use crate::{guard, headers};

/// How long answers may take to finish once the end was asked for.
const GRACE: Duration = Duration::from_secs(3);
/// Connections at once. A browser keeps six for each address; a system gives a process 256 file handles or more.
const CONNECTIONS: usize = 64;
/// How long a request's header may take, and a connection may rest: on this machine both come within moments.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing of an answer may be taken.
const STANDSTILL: Duration = Duration::from_secs(120);

/// A listener on 127.0.0.1, which no other machine can reach.
pub struct Server {
    listener: TcpListener,
    access: Arc<Access>,
    program: Arc<Program>,
}

impl Server {
    /// Takes a port; 0 takes any that is free.
    ///
    /// # Errors
    /// The port is taken, or not allowed.
    pub async fn bind(program: Arc<Program>, port: u16) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        Ok(Server {
            listener,
            access: Arc::new(Access::new(port, Arc::clone(&program))),
            program,
        })
    }

    /// Listens again for those who came in before: at the same port, so that their pages go on.
    ///
    /// # Errors
    /// The port is taken meanwhile.
    pub async fn resume(program: Arc<Program>, access: Arc<Access>) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, access.port())).await?;
        Ok(Server {
            listener,
            access,
            program,
        })
    }

    /// Who may come in; it makes the links.
    pub fn access(&self) -> Arc<Access> {
        Arc::clone(&self.access)
    }

    /// Answers until nobody who may has asked for anything for so long, or until the program is asked to end. A page that is looked
    /// at asks all the time (`live`); one in a tab behind others does not.
    ///
    /// # Errors
    /// The listener's.
    pub async fn run_while_used(self, unused: Duration) -> io::Result<()> {
        let access = self.access();
        tokio::select! {
            served = self.run() => served,
            () = access.unused_for(unused) => Ok(()),
        }
    }

    /// Answers until the program is asked to end.
    ///
    /// # Errors
    /// The listener's.
    pub async fn run(self) -> io::Result<()> {
        let mut stop = self.program.stop();
        let mut stop_late = stop.clone();
        let router = guarded(self.program, self.access);
        let bounds = Bounds {
            connections: CONNECTIONS,
            patience: PATIENCE,
            standstill: STANDSTILL,
        };
        let serving = connections::answer(self.listener, router, bounds, async move {
            stop.requested().await;
        });
        tokio::select! {
            () = serving => Ok(()),
            () = async {
                stop_late.requested().await;
                tokio::time::sleep(GRACE).await;
            } => Ok(()),
        }
    }
}

/// The screens behind the door keeper.
fn guarded(program: Arc<Program>, access: Arc<Access>) -> Router {
    let door = Router::new()
        .route("/enter", get(guard::enter).post(guard::sign_in))
        .with_state(Arc::clone(&access));
    crate::router_telling(program, access.notice())
        .merge(door)
        .layer(from_fn_with_state(access, guard::keep))
        .layer(from_fn(headers::add))
}
