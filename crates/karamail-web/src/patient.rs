//! Screens that read and write files of the shop. A disk may be slow (a network drive, one that has to wake up, a flush), and
//! whatever waits for it must not keep the engine and the other pages from going on.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::runtime::Handle;

/// Answers a request on a thread that may wait. What was begun is finished, even where nobody waits for the answer any more.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let runtime = Handle::current();
    let answering = tokio::task::spawn_blocking(move || runtime.block_on(next.run(request)));
    match answering.await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down, and this future with it.
            Err(_) => std::future::pending().await,
        },
    }
}
