use proptest::prelude::*;

use super::*;

fn at() -> Zoned {
    "2026-11-21T14:05:00+09:00[Asia/Tokyo]".parse().unwrap()
}

fn render(template: &Template, shop_name: &str) -> Rendered {
    let address = EmailAddress::parse("a..b@docomo.ne.jp").unwrap();
    let (at, language) = (at(), Language::Japanese);
    template.render(&Values {
        number: 1234,
        at: &at,
        address: &address,
        shop_name,
        language,
    })
}

#[test]
fn every_mark_is_filled_in_in_subject_and_body() {
    let template = Template::parse(
        "【★店名★】受付番号 ★1★",
        "★1★ ★１★ ★日時★ ★date★\r\n★アドレス★ ★Address★ ★店名★ ★ＳＨＯＰ★",
        Mark::Receipt,
    )
    .unwrap();
    let rendered = render(&template, "空花");
    assert_eq!(rendered.subject, "【空花】受付番号 1234");
    assert_eq!(
        rendered.body,
        "1234 1234 2026年11月21日 14:05 2026年11月21日 14:05\na..b@docomo.ne.jp a..b@docomo.ne.jp 空花 空花"
    );
    assert_eq!(date_and_time(&at(), Language::English), "21 November 2026, 14:05");
}

#[test]
fn stars_as_ornaments_stay_as_they_are() {
    let body = "★☆★☆★\n★★★\n★ ポイント ★\n★ご来店の際は受付番号をお見せ下さい★\n★\n会員証★1★★\n★★1★";
    let template = Template::parse("受付", body, Mark::Receipt).unwrap();
    assert_eq!(render(&template, "").body, body.replace("★1★", "1234"));
}

#[test]
fn a_template_without_its_number_mark_is_refused() {
    for mark in [Mark::Receipt, Mark::Repeat] {
        let faults = Template::parse("受付", "ありがとうございます", mark).unwrap_err();
        assert_eq!(faults, [TemplateFault::NumberMarkMissing(mark)]);
    }
    assert!(
        Template::parse("番号 ★2★", "", Mark::Repeat).is_ok(),
        "in the subject alone is enough"
    );
}

#[test]
fn all_faults_come_at_once_with_their_mark_and_line() {
    let faults = Template::parse(" \u{3000}", "番号 ★2★\r\n\r\n★受付番号★", Mark::Receipt).unwrap_err();
    let part = TemplatePart::Body;
    assert_eq!(
        faults,
        [
            TemplateFault::BlankSubject,
            TemplateFault::WrongNumberMark {
                part,
                line: 1,
                mark: "★2★".to_owned(),
                wanted: Mark::Receipt
            },
            TemplateFault::UnknownMark {
                part,
                line: 3,
                mark: "★受付番号★".to_owned()
            },
            TemplateFault::NumberMarkMissing(Mark::Receipt),
        ]
    );
    for fault in &faults {
        assert!(!fault.told(Language::Japanese).is_ascii() && !fault.told(Language::English).is_empty());
    }
    assert!(
        faults[2].told(Language::English).contains("★受付番号★"),
        "{}",
        faults[2].told(Language::English)
    );
    assert!(faults[2].told(Language::English).contains("line 3"));
}

#[test]
fn limits_on_length_hold() {
    let faults = Template::parse(
        &"あ".repeat(201),
        &format!("★1★{}", "あ".repeat(20_000)),
        Mark::Receipt,
    )
    .unwrap_err();
    assert!(
        matches!(
            faults[..],
            [
                TemplateFault::TooLong {
                    part: TemplatePart::Subject,
                    characters: 201,
                    ..
                },
                TemplateFault::TooLong {
                    part: TemplatePart::Body,
                    characters: 20_003,
                    ..
                }
            ]
        ),
        "{faults:?}"
    );
}

#[test]
fn values_cannot_add_a_line_or_turn_the_text_round_or_bring_marks() {
    let template = Template::parse("★店名★ ★1★", "★店名★", Mark::Receipt).unwrap();
    let rendered = render(&template, "店\r\nBcc: x@x.jp\u{202e}★1★\0\u{2028}");
    assert_eq!(rendered.subject, "店 Bcc: x@x.jp★1★ 1234");
    assert_eq!(rendered.body, "店 Bcc: x@x.jp★1★");
}

#[test]
fn a_rendered_subject_is_never_blank() {
    let template = Template::parse("★店名★", "★1★", Mark::Receipt).unwrap();
    assert_eq!(render(&template, " ").subject, "1234");
}

proptest! {
    #[test]
    fn any_template_and_value_gives_one_subject_line(subject in "\\PC*|[★☆1あ\r\n\u{202e} ]*", shop in any::<String>()) {
        if let Ok(template) = Template::parse(&subject, "★1★", Mark::Receipt) {
            let rendered = render(&template, &shop);
            prop_assert!(!rendered.subject.chars().any(char::is_control));
            prop_assert!(!rendered.subject.trim().is_empty());
            prop_assert!(rendered.subject.chars().count() <= SUBJECT_CHARACTERS);
        }
    }
}
