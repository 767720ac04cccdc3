//! A person with a form of the settings screens. `#[path = "common/form.rs"] mod form;` beside `mod common;`.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file is a crate of its own and uses its part"
)]

use super::common::{Answer, Shop};

/// The hidden fields of a page's form, and what stands in its fields, as a browser would send them back.
pub fn fields(page: &Answer) -> Vec<(String, String)> {
    let main = page.body.split("<main").nth(1).unwrap();
    let form = main.split("data-ask-before-leaving").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(unescape(rest.split('"').next().unwrap()))
    };
    let mut found = Vec::new();
    for tag in form.split('<').skip(1) {
        let (head, text) = tag.split_once('>').unwrap();
        let name = attribute(head, "name").unwrap_or_default();
        match head.split_whitespace().next().unwrap() {
            // A box that is not checked sends nothing.
            "input"
                if ["checkbox", "radio"]
                    .iter()
                    .any(|kind| head.contains(&format!("type=\"{kind}\"")))
                    && !head.contains(" checked") => {}
            "input" => found.push((name, attribute(head, "value").unwrap())),
            "textarea" => found.push((name, unescape(text.strip_prefix('\n').unwrap_or(text)))),
            "select" => found.push((name, String::new())),
            "option" if head.contains(" selected") => {
                found.last_mut().unwrap().1 = attribute(head, "value").unwrap();
            }
            _ => {}
        }
    }
    found
}

fn unescape(text: &str) -> String {
    ["&#60;:<", "&#62;:>", "&#34;:\"", "&#39;:'", "&#38;:&"]
        .iter()
        .fold(text.to_owned(), |text, pair| {
            let (from, to) = pair.split_once(':').unwrap();
            text.replace(from, to)
        })
}

/// Opens a page, changes some of its fields as a person would, and sends it.
pub async fn change(shop: &Shop, address: &str, changes: &[(&str, &str)]) -> Answer {
    let page = shop.get(address).await;
    send(shop, address, &page, changes).await
}

/// Sends a page's form with some fields changed.
pub async fn send(shop: &Shop, address: &str, page: &Answer, changes: &[(&str, &str)]) -> Answer {
    let mut all = fields(page);
    all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    all.extend(
        changes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let borrowed: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    shop.post(address, &borrowed).await
}

/// The settings file.
pub fn file(shop: &Shop) -> String {
    std::fs::read_to_string(shop.config()).unwrap()
}
