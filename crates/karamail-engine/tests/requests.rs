//! Writing commands that are handed over to a running engine.

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::{NO_LIMITS, engine, settings};
use jiff::SignedDuration;
use karamail_engine::clock;
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::requests::{Request, RequestFault, read_answer};
use karamail_engine::engine::touch;
use karamail_engine::store::Store;
use karamail_engine::store::requests::HandedOver;

/// The answer to a request, as a command waits for it.
async fn answer(
    handed: &mut HandedOver,
    kind: &str,
    most: Duration,
) -> Option<Result<serde_json::Value, RequestFault>> {
    let begun = Instant::now();
    while begun.elapsed() < most {
        if let Some(text) = handed.result().await.unwrap() {
            return Some(read_answer(kind, &text));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

async fn ask(folder: &Path, kind: &str) -> HandedOver {
    HandedOver::write(folder, kind, "null", clock::now())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_wakes_a_resting_engine_and_brings_its_result_back() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let engine = engine(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let stop = engine.stop_switch();
    // Not collecting: no poll would look at the table.
    let running = tokio::spawn(engine.run(None, false));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (kind, _) = Request::Ping.to_row().unwrap();
    let mut handed = ask(folder.path(), &kind).await;
    assert!(
        answer(&mut handed, &kind, Duration::from_millis(500))
            .await
            .is_none(),
        "nothing is polled at rest"
    );
    touch(folder.path()).unwrap();
    let result = answer(&mut handed, &kind, Duration::from_secs(5))
        .await
        .expect("an answer")
        .unwrap();
    assert_eq!(result["version"], env!("CARGO_PKG_VERSION"));
    assert!(
        handed.result().await.unwrap().is_none(),
        "the row went with its result"
    );

    let mut strange = ask(folder.path(), "of-a-later-version").await;
    touch(folder.path()).unwrap();
    let fault = answer(&mut strange, "x", Duration::from_secs(5))
        .await
        .expect("an answer")
        .unwrap_err();
    assert_eq!(fault, RequestFault::Unknown("of-a-later-version".into()));
    stop.request();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_takes_is_taken_back_and_never_performed() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    engine(folder.path(), settings(&servers, "", NO_LIMITS))
        .await
        .close()
        .await;
    let mut handed = ask(folder.path(), "ping").await;
    assert!(handed.take_back().await.unwrap());
    let store = Store::open(folder.path()).await.unwrap();
    assert!(store.open_requests().await.unwrap().is_empty());
    let mut handed = ask(folder.path(), "ping").await;
    let open = store.open_requests().await.unwrap();
    assert!(store.take_request(open[0].id, clock::now()).await.unwrap());
    assert!(!handed.take_back().await.unwrap(), "the program has begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_before_the_start_is_performed_unless_it_is_old() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let settings = settings(&servers, "", NO_LIMITS);
    engine(folder.path(), settings.clone()).await.close().await;
    let mut fresh = ask(folder.path(), "ping").await;
    let old = clock::now() - SignedDuration::from_hours(1);
    let mut old = HandedOver::write(folder.path(), "ping", "null", old)
        .await
        .unwrap()
        .unwrap();
    let mut engine = engine(folder.path(), settings).await;
    engine.run_once().await.unwrap();
    engine.close().await;
    assert!(
        answer(&mut fresh, "ping", Duration::from_secs(1))
            .await
            .unwrap()
            .is_ok()
    );
    assert_eq!(
        answer(&mut old, "ping", Duration::from_secs(1)).await.unwrap(),
        Err(RequestFault::TooOld)
    );
}
