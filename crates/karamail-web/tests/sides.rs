//! The demo and the shop: a page is of one of them, and what it asks for happens there or not at all.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{Answer, Shop};
use karamail_engine::program::Program;

const FIRST: &str = "misaki.sato@phone.example";
const REAL: &str = "real@customer.example";

/// A shop whose customer has number 1.
async fn shop_with_number_1() -> Shop {
    let shop = Shop::open().await;
    shop.sign_up(REAL);
    shop.collect(1).await;
    shop
}

/// Begins a demo and gives number 1 in it.
async fn demo_with_number_1(shop: &Shop) {
    shop.post("/demo/on", &[]).await;
    shop.post("/demo/send", &[("from", FIRST)]).await;
    shop.post("/demo/check", &[]).await;
    shop.wait_for("/demo", "letter-number").await;
}

/// What stands behind the addresses of the demo that is on.
fn mark(program: &Program) -> String {
    format!("?demo={}", program.demo().unwrap().id())
}

/// Sends a form whose last byte comes when `meanwhile` is over: the request is let in before, and acts afterwards.
async fn post_slowly(
    shop: &Shop,
    address: &str,
    text: &'static str,
    meanwhile: impl Future<Output = ()> + Send + 'static,
) -> Answer {
    let body = futures_util::stream::once(async move {
        meanwhile.await;
        Ok::<_, std::convert::Infallible>(text)
    });
    let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    shop.ask(request.body(Body::from_stream(body)).unwrap()).await
}

/// Where the forms of a page go that concern the numbers and mails that it shows.
fn forms(page: &Answer) -> Vec<String> {
    let actions = page.body.split("action=\"").skip(1);
    let actions = actions.map(|rest| rest.split('"').next().unwrap().to_owned());
    let is_of_screen = |action: &String| {
        ["/results/", "/waiting/", "/status/", "/test/", "/log/"]
            .iter()
            .any(|screen| action.starts_with(screen))
            && !["/status/end", "/status/again"].contains(&action.as_str())
    };
    actions.filter(is_of_screen).collect()
}

/// The screens with such forms, where number 1 was given.
const WITH_FORMS: [&str; 7] = [
    "/status",
    "/results",
    "/results/main/1",
    "/results/main/1/erase",
    "/waiting/held",
    "/test",
    "/log",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_on_a_page_of_the_demo_never_happens_to_the_shop_nor_the_reverse() {
    let shop = Shop::open().await;
    shop.sign_up("real@customer.example");
    shop.collect(1).await;
    let mut of_shop = Vec::new();
    for page in WITH_FORMS {
        of_shop.extend(forms(&shop.get(page).await));
    }
    demo_with_number_1(&shop).await;
    let mut of_demo = Vec::new();
    for page in WITH_FORMS {
        let found = forms(&shop.get(page).await);
        assert!(!found.is_empty(), "{page} has no form");
        of_demo.extend(found);
    }
    let fields = [("number", "1"), ("pick", "1.main"), ("action", "discard-all")];
    for address in of_shop {
        let answer = shop.post(&address, &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{address} in the demo");
    }
    shop.get("/results/main/1").await.has(&[FIRST]);
    shop.post("/demo/off", &[]).await;
    for address in of_demo {
        let answer = shop.post(&address, &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{address} in the shop");
        answer.has(&["デモが始まったか、終わりました"]);
    }
    shop.get("/results/main/1").await.has(&["real@customer.example"]);
    assert!(shop.handle().status().borrow().is_collecting);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_let_in_acts_on_the_side_it_is_of_whatever_begins_or_ends_meanwhile() {
    let shop = Arc::new(shop_with_number_1().await);
    let to_demo = Arc::clone(&shop);
    let begins = async move { demo_with_number_1(&to_demo).await };
    let erased = post_slowly(&shop, "/results/main/1/erase", "number=1", begins).await;
    assert_eq!(erased.status, StatusCode::OK, "{}", erased.body);
    shop.get("/results/main/1")
        .await
        .has(&[FIRST, "action=\"/results/main/1/resend"]);
    shop.post("/demo/off", &[]).await;
    shop.get("/results/main/1").await.has_not(&[REAL]);

    let shop = Arc::new(shop_with_number_1().await);
    demo_with_number_1(&shop).await;
    let address = format!("/results/main/1/erase{}", mark(&shop.program));
    let program = Arc::clone(&shop.program);
    let ends = async move { program.demo_off().await };
    let refused = post_slowly(&shop, &address, "number=1", ends).await;
    assert_ne!(refused.status, StatusCode::OK, "{}", refused.body);
    shop.get("/results/main/1").await.has(&[REAL]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_an_earlier_demo_does_nothing_in_a_later_one() {
    let shop = Shop::without_settings().await;
    demo_with_number_1(&shop).await;
    let mut earlier = Vec::new();
    for page in WITH_FORMS {
        earlier.extend(forms(&shop.get(page).await));
    }
    let side = shop.get("/demo").await.headers["karamail-side"].clone();
    let sends = format!("/demo/send{}", mark(&shop.program));
    shop.get("/demo").await.has(&[&format!("action=\"{sends}\"")]);
    shop.post("/demo/off", &[]).await;
    demo_with_number_1(&shop).await;
    let fields = [("number", "1"), ("pick", "1.main"), ("action", "discard-all")];
    for address in earlier {
        let answer = shop.post(&address, &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{address}");
    }
    let sent = shop.program.demo().unwrap().servers().mailbox_count();
    assert_eq!(
        shop.post(&sends, &[("from", FIRST)]).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(shop.program.demo().unwrap().servers().mailbox_count(), sent);
    shop.get("/results/main/1").await.has(&[FIRST]);
    assert_ne!(
        shop.get("/demo").await.headers["karamail-side"],
        side,
        "a page that follows an earlier demo does not learn of the later one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_taken_home_is_of_the_side_that_the_page_showed() {
    let shop = shop_with_number_1().await;
    let link = |page: &Answer, begin: &str| {
        let at = page
            .body
            .find(begin)
            .unwrap_or_else(|| panic!("no {begin} in:\n{}", page.body));
        let rest = page.body.get(at..).unwrap();
        rest.split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&")
            .replace("&amp;", "&")
    };
    let pages = [
        ("/log", "/log/save"),
        ("/results", "/results/export.csv"),
        ("/results?q=a", "/results/export.xlsx"),
    ];
    let mut of_shop = Vec::new();
    for (page, begin) in pages {
        let address = link(&shop.get(page).await, begin);
        assert_eq!(shop.get(&address).await.status, StatusCode::OK, "{address}");
        of_shop.push(address);
    }
    demo_with_number_1(&shop).await;
    let mut of_demo = Vec::new();
    for (page, begin) in pages {
        let address = link(&shop.get(page).await, begin);
        assert_eq!(shop.get(&address).await.status, StatusCode::OK, "{address}");
        of_demo.push(address);
    }
    for address in of_shop {
        assert_eq!(shop.get(&address).await.status, StatusCode::CONFLICT, "{address}");
    }
    shop.post("/demo/off", &[]).await;
    for address in of_demo {
        assert_eq!(shop.get(&address).await.status, StatusCode::CONFLICT, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_waits_for_news_of_a_demo_learns_at_once_that_it_is_over() {
    let shop = Shop::without_settings().await;
    demo_with_number_1(&shop).await;
    let page = shop.get("/results").await;
    let address = format!("/results/live?version={}", page.version());
    let (part, _) = tokio::join!(shop.part(&address), shop.program.demo_off());
    assert_eq!(
        (part.status, part.headers["karamail-side"].to_str().unwrap()),
        (StatusCode::NO_CONTENT, "shop")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_demo_begins_behind_the_end_of_the_program() {
    let shop = Shop::open().await;
    shop.post("/demo/on", &[]).await;
    let held = shop.program.demo().unwrap();
    let folder = held.handle().data_folder().to_owned();
    shop.program.end().await;
    let refused = shop.post("/demo/on", &[]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    refused.has(&["終了しています"]);
    assert!(shop.program.demo().is_none(), "a demo is left running");
    assert!(
        !folder.exists(),
        "the folder stays while a request has the demo in its hands"
    );
    drop(held);
    // Whichever of the two comes first.
    let first = Shop::without_settings().await;
    tokio::join!(first.program.end(), first.post("/demo/on", &[]));
    assert!(first.program.demo().is_none(), "a demo was begun behind the end");
    let first = Shop::without_settings().await;
    tokio::join!(first.post("/demo/on", &[]), first.program.end());
    assert!(
        first.program.demo().is_none(),
        "a demo that was beginning is left running"
    );
}
