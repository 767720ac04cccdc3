//! A disk that does not answer keeps the settings screens waiting, and nothing else.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "common/form.rs"]
mod form;

use std::fs::{self, File};
use std::future::{Future, poll_fn};
use std::path::PathBuf;
use std::pin::pin;
use std::process::Command;
use std::task::Poll;
use std::time::Duration;

use axum::http::StatusCode;
use common::{PATIENCE, Shop};

/// A file that nobody gets a byte of: reading it waits until this is dropped.
struct Stuck {
    path: PathBuf,
    text: Vec<u8>,
    /// Open for writing as well, so that this side never waits.
    pipe: Option<File>,
}

impl Stuck {
    fn make(path: PathBuf) -> Stuck {
        let text = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let pipe = File::options().read(true).write(true).open(&path).unwrap();
        Stuck {
            path,
            text,
            pipe: Some(pipe),
        }
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        fs::remove_file(&self.path).unwrap();
        fs::write(&self.path, &self.text).unwrap();
        // Whoever waits for the pipe learns that it has ended.
        drop(self.pipe.take());
    }
}

// One thread for everything: what waits for the disk on it would hold all of this test.
#[tokio::test]
async fn while_the_settings_cannot_be_read_other_pages_answer_and_collecting_goes_on() {
    let shop = Shop::open().await;
    let page = shop.get("/settings/control").await;
    let stuck = Stuck::make(shop.config());
    let looks = shop.get("/settings/control");
    let saves = form::send(
        &shop,
        "/settings/control",
        &page,
        &[("general.shop_name", "もみじ")],
    );
    let backs_up = shop.post("/settings/data/backup", &[]);
    let mut waiting = pin!(async { tokio::join!(looks, saves, backs_up) });
    let is_over = poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_ready())).await;
    assert!(!is_over, "the file is read somehow");
    let others = async {
        assert_eq!(shop.get("/status").await.status, StatusCode::OK);
        shop.get("/results").await.has(&["受付番号"]);
        shop.sign_up("a@example.jp");
        shop.collect(1).await;
    };
    tokio::select! {
        _ = &mut waiting => panic!("the file is read somehow"),
        done = tokio::time::timeout(PATIENCE, others) => done.expect("other pages waited for the disk"),
    }
    drop(stuck);
    let (looked, saved, backed_up) = tokio::time::timeout(PATIENCE + Duration::from_secs(10), waiting)
        .await
        .unwrap();
    for status in [looked.status, saved.status, backed_up.status] {
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
