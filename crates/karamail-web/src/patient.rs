//! Screens that read and write files of the shop. A disk may be slow (a network drive, one that has to wake up, a flush), and
//! whatever waits for it must not keep the engine and the other pages from going on.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Threads that these screens may hold at once, in all of the program. A runtime has eight that may wait (`max_blocking_threads` in both
/// programs), and what a page waits for may itself need one of them, as the engine does at each poll: files, names of servers. With
/// all of them held by pages nobody would ever go on.
const THREADS: usize = 4;

static FREE: Semaphore = Semaphore::const_new(THREADS);

/// Answers a request on a thread that may wait. What was begun is finished, even where nobody waits for the answer any more.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let runtime = Handle::current();
    // It is never closed. Held until the thread is free again, whoever still waits for the answer.
    let free = FREE.acquire().await.ok();
    let answering = tokio::task::spawn_blocking(move || {
        let _free = free;
        runtime.block_on(next.run(request))
    });
    match answering.await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down, and this future with it.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn however_many_pages_wait_for_files_all_of_them_and_the_engine_go_on() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(8)
            .enable_time()
            .build()
            .unwrap();
        // As a page reads a file, after all of them have begun.
        let page = async || {
            tokio::time::sleep(Duration::from_millis(200)).await;
            tokio::task::spawn_blocking(|| "read").await.unwrap()
        };
        let router: Router = Router::new().route("/", get(page)).layer(from_fn(answer));
        let all = async {
            let pages = (0..16).map(|_| router.clone().oneshot(Request::new(Body::empty())));
            let pages = futures_util::future::join_all(pages);
            tokio::time::timeout(Duration::from_secs(30), pages).await.is_ok()
        };
        let is_over = runtime.block_on(all);
        // A pool that stands still would hold up the end as well.
        runtime.shutdown_background();
        assert!(is_over, "each page has a thread and waits for another one");
    }
}
