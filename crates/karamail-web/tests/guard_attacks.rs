//! Attacks on `serve`: by web pages that the person visits, and by other programs on this machine (docs/HOSTILE.md).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/door.rs"]
mod door;

use std::collections::HashSet;
use std::time::Instant;

use door::{Door, status};

#[tokio::test]
async fn a_page_whose_name_leads_here_is_refused_however_it_names_itself() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let port = door.port;
    let ask = |target: String, hosts: Vec<String>| {
        let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        format!("GET {target} HTTP/1.1\r\n{hosts}{cookie}\r\nConnection: close\r\n\r\n")
    };
    let ours = format!("127.0.0.1:{port}");
    let foreign = [
        ask("/status".into(), vec![]),
        ask("/status".into(), vec![String::new()]),
        ask("/status".into(), vec![format!("evil.example:{port}")]),
        ask("/status".into(), vec![format!("localhost.:{port}")]),
        ask("/status".into(), vec![format!("[::1]:{port}")]),
        ask("/status".into(), vec![format!("{ours}@evil.example")]),
        ask("/status".into(), vec![format!("0.0.0.0:{port}")]),
        ask("/status".into(), vec![ours.clone(), "evil.example".into()]),
        ask("/status".into(), vec!["evil.example".into(), ours.clone()]),
        ask(format!("http://evil.example:{port}/status"), vec![ours.clone()]),
    ];
    for request in foreign {
        let answer = door.say(request.as_bytes()).await;
        assert!(matches!(status(&answer), "421" | "400"), "{request}\n{answer}");
        assert!(!answer.contains("touroku@"), "{answer}");
    }
    let answer = door
        .say(ask(format!("http://{ours}/status"), vec![ours]).as_bytes())
        .await;
    assert_eq!(status(&answer), "200");
}

#[tokio::test]
async fn no_way_of_asking_changes_anything_from_another_site() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let before = std::fs::read_to_string(door.shop.config()).unwrap();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=b",
            "application/json",
            "application/x-www-form-urlencoded",
        ] {
            for site in ["cross-site", "same-site", "none"] {
                let headers = [
                    cookie.clone(),
                    "Origin: http://evil.example".into(),
                    format!("Sec-Fetch-Site: {site}"),
                    format!("Content-Type: {kind}"),
                ];
                let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
                let answer = door.ask(&format!("{method} /language"), &headers, "").await;
                assert_eq!(status(&answer), "403", "{method} {kind} {site}");
                assert!(!answer.to_lowercase().contains("access-control-"), "{answer}");
            }
        }
    }
    // Nor by GET, which a page can always make a browser send: what a POST does has no GET that does it.
    for path in [
        "/language",
        "/status/check",
        "/status/stop",
        "/results/resend",
        "/settings/data/backup",
    ] {
        let answer = door
            .ask(
                &format!("GET {path}"),
                &[&cookie, "Sec-Fetch-Site: cross-site"],
                "",
            )
            .await;
        assert!(matches!(status(&answer), "404" | "405"), "{path}: {answer}");
    }
    assert_eq!(std::fs::read_to_string(door.shop.config()).unwrap(), before);
}

#[tokio::test]
async fn every_answer_to_a_stranger_forbids_frames_and_says_nothing_of_the_shop() {
    let door = Door::open().await;
    for (request, headers) in [
        ("GET /status", vec![]),
        ("GET /status", vec!["Host: evil.example"]),
        ("POST /status/stop", vec!["Origin: http://evil.example"]),
        ("GET /enter", vec![]),
        ("GET /assets/nothing.js", vec![]),
    ] {
        let answer = door.ask(request, &headers, "").await.to_lowercase();
        for header in [
            "x-frame-options: sameorigin",
            "frame-ancestors 'self'",
            "x-content-type-options: nosniff",
            "referrer-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(answer.contains(header), "{request}: no {header}\n{answer}");
        }
        assert!(
            !answer.contains("touroku@") && !answer.contains("店頭"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_link_cannot_be_guessed_replayed_or_given_to_somebody_as_a_cookie() {
    let door = Door::open().await;
    let links: Vec<String> = (0..4).map(|_| door.access.link().unwrap()).collect();
    let tokens: Vec<&str> = links.iter().map(|link| link.split_once('#').unwrap().1).collect();
    assert!(tokens.iter().all(|token| token.len() == 64), "256 bits");
    assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), 4);
    // Near ones, empty ones, and those of another alphabet.
    let token = tokens[3];
    let near = [
        String::new(),
        token[..63].to_owned(),
        format!("{token}0"),
        token.to_uppercase(),
        format!("%20{token}"),
        format!("{token}&token={}", "0".repeat(64)),
    ];
    for guess in near
        .into_iter()
        .chain((0..200).map(|guess| format!("{guess:064x}")))
    {
        let answer = door.sign_in(&guess).await;
        assert!(
            matches!(status(&answer), "403" | "422" | "400"),
            "{guess}: {answer}"
        );
        assert!(!answer.to_lowercase().contains("set-cookie"), "{guess}");
    }
    // A token is no cookie, and a cookie that somebody else chose is none.
    for value in [token, "chosen", ""] {
        let cookie = format!("Cookie: karamail-{}={value}", door.port);
        assert_eq!(
            status(&door.ask("GET /status", &[&cookie], "").await),
            "401",
            "{value}"
        );
    }
    // All that guessing used up nothing, and each link works once.
    assert_eq!(status(&door.sign_in(token).await), "303");
    assert_eq!(status(&door.sign_in(token).await), "403");
    assert_eq!(
        status(
            &door
                .ask(&format!("GET /enter?token={}", tokens[2]), &[], "")
                .await
        ),
        "200"
    );
    assert_eq!(status(&door.sign_in(tokens[2]).await), "303");
    // Nor is a link that was used, as whoever sees it later has it.
    let cookie = format!("Cookie: karamail-{}={token}", door.port);
    assert_eq!(status(&door.ask("GET /status", &[&cookie], "").await), "401");
}

#[tokio::test]
async fn a_request_too_large_is_refused_before_it_is_read() {
    let door = Door::open().await;
    let (cookie, origin, port) = (door.cookie().await, door.origin(), door.port);
    // Claimed, and sent in part: a gigabyte is not waited for.
    for (path, who) in [
        ("/enter", "X-Nobody: 1"),
        ("/status/check", cookie.as_str()),
        ("/settings/control", cookie.as_str()),
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{origin}\r\n{who}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000000\r\n\r\n"
        );
        let bytes = [request.as_bytes(), &vec![b'a'; 9 * 1024 * 1024]].concat();
        let answer = door.say(&bytes).await;
        // Where the answer was lost with the connection, nothing was done either.
        assert!(
            matches!(status(&answer), "413" | "303" | "400" | ""),
            "{path}: {answer}"
        );
    }
    let long = format!(
        "GET /status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Long: {}\r\n\r\n",
        "x".repeat(2 * 1024 * 1024)
    );
    assert!(matches!(
        status(&door.say(long.as_bytes()).await),
        "431" | "400" | ""
    ));
    let many = format!(
        "GET /status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{}\r\n",
        "X-Many: 1\r\n".repeat(20_000)
    );
    assert!(matches!(
        status(&door.say(many.as_bytes()).await),
        "431" | "400" | ""
    ));
    assert_eq!(
        status(&door.ask("GET /status", &[&cookie], "").await),
        "200",
        "and it goes on"
    );
}

#[tokio::test]
async fn a_stranger_who_sends_a_form_byte_by_byte_is_sent_away() {
    let door = Door::open().await;
    let request = format!(
        "POST /enter HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 70\r\n\r\ntoken=",
        door.port,
        door.origin()
    );
    let begin = Instant::now();
    let answer = door.say(request.as_bytes()).await;
    assert_eq!(status(&answer), "408", "{answer}");
    assert!(begin.elapsed() < common::PATIENCE / 2);
}

#[tokio::test]
async fn nothing_behind_a_request_is_taken_for_a_second_one_of_the_person() {
    let door = Door::open().await;
    let (cookie, origin, port) = (door.cookie().await, door.origin(), door.port);
    let hidden = format!("GET /status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let common = format!(
        "Host: 127.0.0.1:{port}\r\n{cookie}\r\n{origin}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    );
    let requests = [
        format!(
            "POST /status/check HTTP/1.1\r\n{common}Content-Length: 0\r\nContent-Length: {}\r\n\r\n{hidden}",
            hidden.len()
        ),
        format!(
            "POST /status/check HTTP/1.1\r\n{common}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
        ),
        format!(
            "POST /status/check HTTP/1.1\r\n{common}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{hidden}"
        ),
        format!("POST /status/check HTTP/1.1\r\n{common}Content-Length: +0\r\n\r\n{hidden}"),
    ];
    for request in requests {
        let answer = door.say(request.as_bytes()).await;
        // The hidden one has no cookie of its own: at most it is a stranger's.
        assert!(
            !answer.contains("touroku@") && !answer.contains(" 200 OK"),
            "{request}\n{answer}"
        );
    }
}
