//! 店頭キット: what is on the paper is what the settings say, and whatever is typed is text.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{Shop, mailbox};
use karamail_core::address::EmailAddress;
use karamail_engine::demo::{self, DemoServers};
use tower::ServiceExt;

/// The bytes of a file, and what it says about itself.
async fn file(shop: &Shop, address: &str) -> (Vec<u8>, String, String) {
    let request = Request::get(address).body(Body::empty()).unwrap();
    let response = shop.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{address}");
    let said = |name| response.headers()[name].to_str().unwrap().to_owned();
    let (kind, name) = (said(header::CONTENT_TYPE), said(header::CONTENT_DISPOSITION));
    let bytes = axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (bytes.to_vec(), kind, name)
}

/// The pixels of a PNG in black and white: width, and whether each is dark.
fn pixels(png: &[u8]) -> (usize, Vec<bool>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut buffer).unwrap();
    assert_eq!(info.width, info.height);
    let width = info.width as usize;
    (
        width,
        buffer[..width * width].iter().map(|value| *value < 128).collect(),
    )
}

/// What a camera reads on a picture.
fn read(width: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<String> {
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| if is_dark(x, y) { 0 } else { 255 });
    let grids = picture.detect_grids();
    grids.iter().map(|grid| grid.decode().unwrap().1).collect()
}

/// Draws the path of a code (runs of `Mx yhNv1h-Nz`), four pixels a module, and reads it.
fn read_path(svg: &str) -> Vec<String> {
    let path = svg.split("shape-rendering=\"crispEdges\" d=\"").nth(1).unwrap();
    let path = path.split('"').next().unwrap();
    let mut dark = std::collections::HashSet::new();
    for run in path.split('M').skip(1) {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let length: usize = rest.split('v').next().unwrap().parse().unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        dark.extend((x..x + length).map(|x| (x, y)));
    }
    let side = dark.iter().map(|(x, _)| x).max().unwrap() + 1 + 4;
    read(side * 4, |x, y| dark.contains(&(x / 4, y / 4)))
}

/// The address that a phone writes to when it opens this URI.
fn addressed(uri: &str) -> EmailAddress {
    let written = uri.strip_prefix("mailto:").unwrap();
    let written = written.strip_suffix("?subject=").unwrap_or(written);
    let mut bytes = vec![];
    let mut rest = written.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            b'?' | b'#' | b'&' | b'+' => panic!("{uri}: not encoded"),
            byte => byte,
        });
    }
    EmailAddress::parse(std::str::from_utf8(&bytes).unwrap()).unwrap()
}

/// Holds `xml` to well-formedness as far as our drawings go: tags that nest, quoted attributes, known entities, allowed
/// characters. Returns its text.
fn well_formed(xml: &str) -> String {
    let xml = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .unwrap_or(xml);
    let mut open: Vec<&str> = vec![];
    let mut text = String::new();
    let mut rest = xml;
    while let Some((before, behind)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, behind) = behind.split_once('>').expect("a tag ends");
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = tag.split(' ').next().unwrap();
        assert!(
            ["svg", "g", "path", "text", "circle", "rect"].contains(&name),
            "<{name}>"
        );
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        for (index, attribute) in tag.split('"').enumerate() {
            assert!(
                index % 2 == 1
                    || attribute
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || " -:=".contains(c)),
                "<{tag}>"
            );
            assert!(
                index % 2 == 1 || !attribute.trim_start().starts_with("on"),
                "<{tag}>"
            );
        }
        if !is_closed {
            open.push(name);
        }
    }
    text.push_str(rest);
    assert!(open.is_empty(), "{open:?}");
    assert!(!text.contains('>') && !xml.chars().any(|c| c.is_control() && c != '\n'));
    for entity in xml.split('&').skip(1) {
        let name = entity.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "&{name};");
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Every address here has its own mailbox.
async fn shop_with(addresses: &[&str]) -> Shop {
    let servers = DemoServers::start().await.unwrap();
    let mut settings = "[general]\nshop_name = \"すずらん\"\n".to_owned();
    for (index, address) in addresses.iter().enumerate() {
        let one = mailbox(&servers)
            .replace("店頭", &format!("m{index}"))
            .replace(demo::ADDRESS, &address.replace('\\', "\\\\").replace('"', "\\\""))
            .replace("\nuser = \"touroku\"", &format!("\nuser = \"u{index}\""));
        settings.push_str(&one);
    }
    let shop = Shop::with_file(&settings).await;
    if let karamail_engine::program::Phase::Faulty(faults) = shop.program.phase() {
        panic!("{faults:?}");
    }
    assert!(shop.program.handle().is_some(), "the engine does not run");
    shop
}

#[tokio::test]
async fn the_code_says_exactly_the_address_of_the_mailbox() {
    let long = format!("{}@{}.example.jp", "l".repeat(64), "d".repeat(60));
    let addresses = [
        "touroku@karamail.example",
        "shop+member@x.jp",
        "a..b@docomo.ne.jp",
        "a.@docomo.ne.jp",
        "a/b?c=d&e@docomo.ne.jp",
        "100%#1@x.jp",
        "-a_b~c!d$e'f*g@x.jp",
        "\"a b\"@x.jp",
        long.as_str(),
    ];
    let shop = shop_with(&addresses).await;
    for (index, address) in addresses.iter().enumerate() {
        let address = EmailAddress::parse(address).unwrap();
        for subject in ["", "&subject=empty"] {
            let query = format!("mailbox=m{index}{subject}");
            let (png, kind, _) = file(&shop, &format!("/kit/qr.png?{query}")).await;
            assert_eq!(kind, "image/png");
            let (width, dark) = pixels(&png);
            assert!(width >= 1000, "{width}");
            let said = read(width, |x, y| dark[y * width + x]);
            assert_eq!(said.len(), 1);
            assert_eq!(addressed(&said[0]), address);
            assert_eq!(said[0].ends_with("?subject="), !subject.is_empty());
            let (svg, kind, _) = file(&shop, &format!("/kit/qr.svg?{query}")).await;
            assert_eq!(kind, "image/svg+xml");
            let svg = String::from_utf8(svg).unwrap();
            well_formed(&svg);
            assert_eq!(read_path(&svg), said);
            let page = shop.get(&format!("/kit?{query}")).await;
            assert_eq!(read_path(&page.body), said, "the poster has the same code");
        }
    }
}

#[tokio::test]
async fn modules_are_whole_pixels_with_four_light_ones_around() {
    let shop = Shop::open().await;
    let (png, ..) = file(&shop, "/kit/qr.png").await;
    let (width, dark) = pixels(&png);
    let first = (0..width).find(|at| dark[at * width + at]).unwrap();
    let module = first / 4;
    assert_eq!((first % 4, width % module), (0, 0));
    for y in 0..width {
        for x in 0..width {
            let corner = dark[(y / module * module) * width + x / module * module];
            assert_eq!(dark[y * width + x], corner, "a module is of one colour");
        }
    }
}

#[tokio::test]
async fn what_is_typed_is_text_in_the_page_and_in_the_file() {
    let shop = Shop::open().await;
    let hostile = "alert</text></svg>&amp;\"'<script>alert(1)</script> onload=x";
    let encoded: String = hostile.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let hidden = "%00%1B%E2%80%AE%EF%BF%BF";
    for format in ["a4", "a5", "tent", "table", "cards", "nonsense"] {
        for field in [
            "shop",
            "headline_ja",
            "step2_ja",
            "purpose_ja",
            "note_ja",
            "headline_en",
            "purpose_en",
        ] {
            let query = format!("format={format}&language=both&{field}={hidden}{encoded}");
            let page = shop.get(&format!("/kit?{query}")).await;
            assert_eq!(page.status, StatusCode::OK);
            page.has_not(&[
                "<script>alert",
                "\u{202E}",
                "\u{0}",
                "\u{FFFF}",
                " style=",
                "</text></svg><",
            ]);
            let (svg, _, name) = file(&shop, &format!("/kit/poster.svg?{query}")).await;
            let text = well_formed(&String::from_utf8(svg).unwrap());
            let is_shown = format != "cards" || !field.starts_with("purpose") && !field.starts_with("note");
            assert_eq!(text.contains("alert"), is_shown, "{format} {field}");
            assert!(name.starts_with("attachment; filename=\"karamail-"), "{name}");
        }
    }
}

#[tokio::test]
async fn no_length_is_too_long() {
    let shop = Shop::open().await;
    for text in ["あ".repeat(1500), "W".repeat(4500), "a b\n".repeat(1000)] {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let fields =
            ["shop", "headline_ja", "step1_ja", "purpose_ja"].map(|field| format!("{field}={encoded}"));
        let page = shop.get(&format!("/kit?format=table&{}", fields.join("&"))).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.len() < 300_000, "{}", page.body.len());
    }
    let page = shop
        .get("/kit?headline_ja&=&&%ff=%ff&format=&language=xx&mailbox=none")
        .await;
    page.has(&[demo::ADDRESS]);
}

#[tokio::test]
async fn the_proposed_texts_are_those_of_the_language_on_paper() {
    let shop = Shop::open().await;
    let japanese = [
        "空メールを送るだけ！",
        "QRコードを読み取る",
        "件名も本文も空のまま送信",
        "個人情報の利用目的",
    ];
    shop.get("/kit?language=ja")
        .await
        .has(&japanese)
        .has_not(&["Just send an empty mail!"]);
    shop.get("/kit?language=en")
        .await
        .has(&["Just send an empty mail!", "Purpose of use"])
        .has_not(&japanese[..1]);
    shop.get("/kit?language=both")
        .await
        .has(&japanese)
        .has(&["Just send an empty mail!", "Purpose of use"]);
    let page = shop.get("/kit?headline_ja=%E5%85%A5%E4%BC%9A&step1_ja=").await;
    page.has(&["入会"])
        .has_not(&["空メールを送るだけ！", "QRコードを読み取る</text>"]);
}

#[tokio::test]
async fn the_invitation_of_the_settings_stands_on_the_poster_and_cannot_be_changed_here() {
    let shop = Shop::with("[receipt]\ninvitation = \"月2回お知らせを送ります\"", true).await;
    for format in ["a4", "a5", "tent", "table"] {
        let address = format!("/kit/poster.svg?format={format}&invitation=other&invitation_ja=other");
        let (svg, ..) = file(&shop, &address).await;
        let text = well_formed(&String::from_utf8(svg).unwrap());
        assert!(
            text.contains("月2回お知らせを送ります") && !text.contains("other"),
            "{format}"
        );
    }
    let page = shop.get("/kit").await;
    page.has(&["下記のお知らせメールの送信", "お店の名前を書いてください"]);
    shop.get("/kit?shop=Suzuran")
        .await
        .has_not(&["お店の名前を書いてください"]);
    let plain = Shop::open().await;
    plain.get("/kit").await.has_not(&["下記のお知らせメールの送信"]);
}

#[tokio::test]
async fn a_text_that_finds_no_place_is_told_and_not_cut_unseen() {
    let long = "お知らせを送ります。".repeat(120);
    let shop = Shop::with(&format!("[receipt]\ninvitation = \"{long}\""), true).await;
    shop.get("/kit?format=table").await.has(&["入りきりません"]);
    let short = Shop::with("[receipt]\ninvitation = \"お知らせを送ります。\"", true).await;
    for format in ["a4", "a5", "tent", "table"] {
        for language in ["ja", "en", "both"] {
            let page = short
                .get(&format!("/kit?format={format}&language={language}"))
                .await;
            page.has_not(&["入りきりません", "…</text>"]);
        }
    }
    short
        .get("/kit?format=cards")
        .await
        .has(&["名刺サイズには利用目的とお誘いの文言が入りません"]);
}

#[tokio::test]
async fn the_mailbox_is_chosen_and_one_that_is_off_is_told() {
    let shop = shop_with(&["one@x.jp", "two@y.jp"]).await;
    shop.get("/kit")
        .await
        .has(&["one@x.jp</text>"])
        .has_not(&["two@y.jp</text>"]);
    shop.get("/kit?mailbox=m1")
        .await
        .has(&["two@y.jp</text>"])
        .has_not(&["one@x.jp</text>"]);
    shop.get("/kit/allow?mailbox=m1")
        .await
        .has(&[">y.jp<", ">two@y.jp<"]);
    shop.get("/kit/staff?mailbox=m1")
        .await
        .has(&["two@y.jp"])
        .has_not(&["宛先が one@x.jp"]);

    let servers = DemoServers::start().await.unwrap();
    let settings = mailbox(&servers).replacen("name = ", "enabled = false\nname = ", 1);
    let off = Shop::with_file(&settings).await;
    off.get("/kit").await.has(&["今、収集しない設定です"]);
}

#[tokio::test]
async fn the_customers_sheet_names_every_carrier_and_when_it_was_checked() {
    let shop = Shop::open().await;
    let page = shop.get("/kit/allow").await;
    page.has(&[
        "karamail.example",
        demo::ADDRESS,
        "2026年11月22日",
        "同じ受付番号が届きます",
    ]);
    page.has(&[
        "ドコモ",
        "au",
        "ソフトバンク",
        "楽天モバイル",
        "ワイモバイル",
        "UQモバイル",
        "iCloud",
        "Gmail",
    ]);
    shop.get("/kit/allow?language=en")
        .await
        .has(&["docomo", "Rakuten Mobile", "22 November 2026"]);
    // Where a second mail is not answered, nobody is told that it is.
    let quiet = Shop::with("[duplicate]\naction = \"ignore\"", true).await;
    quiet
        .get("/kit/allow")
        .await
        .has(&["スタッフにお声がけください"])
        .has_not(&["同じ受付番号が届きます"]);
}

#[tokio::test]
async fn the_demos_sheets_have_the_demos_address_and_say_that_they_are_samples() {
    let servers = DemoServers::start().await.unwrap();
    let shop = Shop::with_file(&mailbox(&servers).replace(demo::ADDRESS, "real@shop.example")).await;
    shop.get("/kit")
        .await
        .has(&["real@shop.example"])
        .has_not(&["見本</text>"]);
    shop.program.demo_on().await.unwrap();
    for format in ["a4", "a5", "tent", "table", "cards"] {
        let (svg, _, name) = file(&shop, &format!("/kit/poster.svg?format={format}")).await;
        let text = well_formed(&String::from_utf8(svg).unwrap());
        assert!(
            text.contains("見本") && text.contains(demo::ADDRESS) && !text.contains("real@"),
            "{format}"
        );
        assert!(name.contains("demo-"), "{name}");
    }
    for sheet in ["/kit/allow", "/kit/staff"] {
        shop.get(sheet)
            .await
            .has(&[">見本<"])
            .has_not(&["real@shop.example"]);
    }
    shop.program.demo_off().await;
    shop.get("/kit")
        .await
        .has(&["real@shop.example"])
        .has_not(&["見本</text>"]);
}

#[tokio::test]
async fn easily_misread_characters_are_named_below_the_address() {
    let shop = shop_with(&["l0@x.jp", "abc@x.jp"]).await;
    shop.get("/kit")
        .await
        .has(&["0＝数字のゼロ", "l＝小文字のエル"])
        .has_not(&["O＝大文字のオー"]);
    shop.get("/kit?mailbox=m1")
        .await
        .has_not(&["数字のゼロ", "小文字のエル"]);
}

#[tokio::test]
async fn a_shop_without_settings_is_told_so() {
    let shop = Shop::without_settings().await;
    for address in [
        "/kit",
        "/kit/allow",
        "/kit/staff",
        "/kit/qr.png",
        "/kit/poster.svg",
    ] {
        let answer = shop.get(address).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        answer.has(&["まだ設定がありません"]);
    }
}
