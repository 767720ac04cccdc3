//! Mails that attack, on every page that shows text of mails (docs/HOSTILE.md).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "../../karamail-core/tests/hostile_mails/mod.rs"]
mod hostile_mails;

use common::Shop;
use hostile_mails::check_page;
use karamail_engine::clock;
use karamail_engine::demo;

const PAGES: [&str; 12] = [
    "/status",
    "/status/live",
    "/results",
    "/results?q=e",
    "/results/live",
    "/results/main/1",
    "/results/main/1/erase",
    "/log",
    "/log/lines",
    "/waiting",
    "/waiting/live",
    "/settings",
];

/// A shop that got every attack, where this is set in `[guard]`.
async fn attacked(guard: &str) -> Shop {
    let shop = Shop::with(&format!("[guard]\n{guard}\n"), true).await;
    let date = jiff::fmt::rfc2822::to_string(&clock::local(clock::now())).unwrap();
    for mail in hostile_mails::all(demo::ADDRESS, &date) {
        shop.servers.deposit(mail);
    }
    shop.handle()
        .command(karamail_engine::engine::Command::CheckNow)
        .await;
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn on_no_page_is_the_text_of_a_mail_markup_or_out_of_its_place() {
    let shop = attacked(
        "limit_address_per_hour = 0\nlimit_address_per_day = 0\nlimit_mailbox_per_hour = 0\nbacklog_hours = 0",
    )
    .await;
    shop.wait_for("/results/main/90", "example").await;
    for page in PAGES {
        let answer = shop.get(page).await;
        check_page(page, &answer.body);
    }
    for number in 1..=90 {
        let page = format!("/results/main/{number}");
        check_page(&page, &shop.get(&page).await.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn held_mails_of_attackers_are_only_text() {
    let shop = attacked("limit_mailbox_per_hour = 1\nbacklog_hours = 0").await;
    shop.wait_for("/waiting", "r9@phone.example").await;
    for page in PAGES {
        check_page(page, &shop.get(page).await.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_letters_that_look_like_others_is_shown_as_one() {
    let shop = Shop::open().await;
    shop.sign_up("hanako@docomo.ne.jp");
    shop.collect(1).await;
    // The demo's servers know no addresses beyond ASCII; others do (RFC 6531).
    common::sql(&shop, "UPDATE receipts SET address = 'h\u{430}nako@docomo.ne.jp'").await;
    for page in ["/results", "/results/main/1", "/results/main/1/erase", "/status"] {
        shop.get(page).await.has(&["h\u{430}⟦U+0430⟧nako@docomo.ne.jp"]);
    }
    // A file is worked on by other programs: there the address is the address.
    shop.get("/results/export.csv")
        .await
        .has(&["h\u{430}nako@docomo.ne.jp"]);
}
