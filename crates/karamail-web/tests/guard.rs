//! The door keeper of `karamail serve`, asked over a real connection.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/door.rs"]
mod door;

use std::sync::Arc;
use std::time::Duration;

use common::Shop;
use door::{Door, status};
use karamail_web::serve::Server;
use tokio::net::TcpStream;

#[tokio::test]
async fn nothing_is_shown_without_the_cookie() {
    let door = Door::open().await;
    for path in [
        "/",
        "/status",
        "/results/export.csv",
        "/log",
        "/settings/mail",
        "/nowhere",
    ] {
        let answer = door.ask(&format!("GET {path}"), &[], "").await;
        assert_eq!(status(&answer), "401", "{path}");
        assert!(!answer.contains("touroku@"), "{path}");
    }
    let cookie = door.cookie().await;
    assert_eq!(status(&door.ask("GET /status", &[&cookie], "").await), "200");
}

#[tokio::test]
async fn a_link_works_once_and_gives_a_strict_cookie_that_scripts_cannot_read() {
    let door = Door::open().await;
    let link = door.access.link().unwrap();
    let token = link.split_once('#').unwrap().1;
    // Looking at the link, as a mail scanner or a browser that fetches ahead does, does not use it up.
    assert_eq!(status(&door.ask("GET /enter", &[], "").await), "200");
    let answer = door.sign_in(token).await;
    assert_eq!(status(&answer), "303");
    let cookie = answer
        .lines()
        .find(|line| line.to_lowercase().starts_with("set-cookie:"))
        .unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert_eq!(status(&door.sign_in(token).await), "403");
    assert_eq!(status(&door.sign_in("0123").await), "403");
}

#[tokio::test]
async fn a_foreign_host_name_is_refused_even_with_the_cookie() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    for host in [
        "evil.example",
        "127.0.0.1",
        "evil.example:80",
        "127.0.0.1.evil.example",
    ] {
        let answer = door
            .ask("GET /status", &[&format!("Host: {host}"), &cookie], "")
            .await;
        assert_eq!(status(&answer), "421", "{host}");
    }
    let local = format!("Host: localhost:{}", door.port);
    assert_eq!(
        status(&door.ask("GET /status", &[&local, &cookie], "").await),
        "200"
    );
}

#[tokio::test]
async fn a_change_must_come_from_our_own_page() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let ours = door.origin();
    let longer = format!("{ours}.evil.example");
    let within = format!("Origin: http://evil.example/?127.0.0.1:{}", door.port);
    let secure = ours.replace("http:", "https:");
    let foreign: [&[&str]; 9] = [
        &[],
        &["Origin: null"],
        &["Origin: http://evil.example"],
        &["Origin: http://127.0.0.1:1"],
        &["Origin: https://127.0.0.1"],
        &[&longer],
        &[&within],
        &[&secure],
        &[&ours, "Sec-Fetch-Site: cross-site"],
    ];
    for headers in foreign {
        let mut all = vec![cookie.as_str()];
        all.extend(headers);
        let answer = door.ask("POST /language", &all, "language=en").await;
        assert_eq!(status(&answer), "403", "{headers:?}");
    }
    let answer = door
        .ask(
            "POST /language",
            &[&cookie, &ours, "Sec-Fetch-Site: same-origin"],
            "language=en",
        )
        .await;
    assert_eq!(status(&answer), "303");
}

#[tokio::test]
async fn a_link_leads_to_the_page_that_was_wished_for_and_a_notice_is_told_once() {
    let door = Door::open().await;
    let link = door.access.link_to("/results").unwrap();
    let (token, page) = link.split_once('#').unwrap().1.split_once(':').unwrap();
    assert_eq!(page, "/results");
    let answer = door.sign_in(token).await;
    assert_eq!(status(&answer), "303");
    let cookie = door.cookie().await;
    door.access.tell_once(karamail_web::serve::Notice {
        text: |_| "no window <here>".to_owned(),
        link: Some((|_| "get it".to_owned(), "https://vendor.example/")),
    });
    let first = door.ask(&format!("GET {page}"), &[&cookie], "").await;
    assert!(first.contains("no window &#60;here&#62;"), "{first}");
    assert!(first.contains("href=\"https://vendor.example/\""), "{first}");
    let second = door.ask(&format!("GET {page}"), &[&cookie], "").await;
    assert_eq!(status(&second), "200");
    assert!(!second.contains("no window"), "{second}");
}

#[tokio::test]
async fn a_port_that_nobody_uses_closes_and_comes_back_for_those_who_were_in() {
    const SHORT: Duration = Duration::from_millis(300);
    let shop = Shop::open().await;
    let program = Arc::clone(&shop.program);
    let server = Server::bind(Arc::clone(&program), 0).await.unwrap();
    let access = server.access();
    let link = access.link().unwrap();
    let port = link.split([':', '/']).find_map(|part| part.parse().ok()).unwrap();
    let door = Door {
        port,
        access: Arc::clone(&access),
        shop,
    };
    let serving = tokio::spawn(server.run_while_used(SHORT));
    let cookie = door.cookie().await;
    // Somebody looks, for longer than that.
    let begin = tokio::time::Instant::now();
    while begin.elapsed() < SHORT * 3 {
        let answer = door.ask("GET /status", &[&cookie], "").await;
        assert_eq!(status(&answer), "200");
        tokio::time::sleep(SHORT / 6).await;
    }
    assert!(!serving.is_finished(), "it was in use until now");

    serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "closed");
    let again = Server::resume(program, access).await.unwrap();
    tokio::spawn(again.run_while_used(SHORT * 100));
    let answer = door.ask("GET /status", &[&cookie], "").await;
    assert_eq!(status(&answer), "200", "the page that was left open goes on");
}
