//! What an SMTP server refuses at once is shown with its class, by the step of the session and the address.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{NO_LIMITS, once, settings_text, signup};
use karamail_core::delivery::RefusalClass;
use karamail_core::words::{Language, Told};
use karamail_engine::config::Settings;
use karamail_engine::demo::DemoServers;
use karamail_engine::store::Store;
use karamail_engine::store::results::{Delivery, Wanted, results};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// An SMTP server that says 550 to every recipient or to every content, whichever is asked for.
async fn refusing(rcpt: &'static str, content: &'static str) -> u16 {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                stream.write_all(b"220 mx\r\n").await.ok();
                let (mut line, mut in_data) = (String::new(), false);
                while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                    let verb = line.trim_end().to_ascii_uppercase();
                    let answer = match verb.as_str() {
                        "." => {
                            in_data = false;
                            content
                        }
                        _ if in_data => "",
                        "DATA" => {
                            in_data = true;
                            "354 go on"
                        }
                        _ if verb.starts_with("RCPT") => rcpt,
                        _ => "250 ok",
                    };
                    if !answer.is_empty() {
                        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok();
                    }
                    line.clear();
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_at_once_is_shown_with_its_class() {
    let cases = [
        (
            "taro@docomo.ne.jp",
            "550 Unknown user taro@docomo.ne.jp",
            "250 ok",
            RefusalClass::UnknownAddress,
        ),
        (
            "taro@docomo.ne.jp",
            "250 ok",
            "550 Unknown user taro@docomo.ne.jp",
            RefusalClass::Filtered,
        ),
        (
            "taro@docomo.ne.jp",
            "552 Too much mail data taro@docomo.ne.jp",
            "250 ok",
            RefusalClass::BoxFull,
        ),
        (
            "a..b@docomo.ne.jp",
            "501 5.1.3 Bad recipient address syntax",
            "250 ok",
            RefusalClass::Unwritable,
        ),
        ("a..b@docomo.ne.jp", "550 no", "250 ok", RefusalClass::Unwritable),
        (
            "a..b@docomo.ne.jp",
            "550 Unknown user a..b@docomo.ne.jp",
            "250 ok",
            RefusalClass::UnknownAddress,
        ),
    ];
    for (address, rcpt, content, class) in cases {
        let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
        servers.deposit(signup(address, 1));
        let text = settings_text(servers.pop3_port(), refusing(rcpt, content).await, "", NO_LIMITS);
        let report = once(folder.path(), Settings::parse(&text, Path::new(".")).unwrap()).await;
        assert_eq!(report.refused, 1, "{rcpt} {report:?}");
        let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
        let row = results(&readers, &Wanted::default()).await.unwrap().remove(0);
        readers.close().await;
        assert_eq!(row.delivery, Delivery::Refused { class }, "{rcpt} / {content}");
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(
            (json["delivery"].as_str(), json["class"].as_str()),
            (Some("refused"), Some(class.as_str()))
        );
        assert!(row.answer.unwrap().contains(&class.what(Language::English)));
    }
}
