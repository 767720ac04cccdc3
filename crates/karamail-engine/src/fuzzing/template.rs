//! A template of the shop, filled in and sent: one letter, and its number stands in it.
//!
//! The bytes are text: subject, address, number and shop's name on a line each, then the body.

use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;
use karamail_core::address::EmailAddress;
use karamail_core::compose::{Letter, Marker, clean, compose_letter};
use karamail_core::limits::{SUBJECT_CHARACTERS, TEMPLATE_BODY_CHARACTERS};
use karamail_core::template::{Mark, Rendered, Template, TemplatePart, Values};

use super::{LANGUAGES, first_text_line, is_told, letter};

/// Any bytes, as text with a template in it.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (subject, rest) = first_text_line(&text);
    let (address, rest) = first_text_line(rest);
    let (number, rest) = first_text_line(rest);
    let (shop_name, body) = first_text_line(rest);
    let address = EmailAddress::parse(address)
        .or_else(|_| EmailAddress::parse("a..b@docomo.ne.jp"))
        .unwrap();
    let number = number.trim().parse().unwrap_or(12);
    let at = date(2026, 11, 21)
        .at(14, 5, 0, 0)
        .to_zoned(TimeZone::UTC)
        .unwrap();
    for mark in [Mark::Receipt, Mark::Repeat] {
        let parsed = Template::parse(subject, body, mark);
        assert_eq!(
            parsed,
            Template::parse(subject, body, mark),
            "the same every time"
        );
        match parsed {
            Err(faults) => {
                assert!(!faults.is_empty(), "refused without a reason");
                for fault in &faults {
                    is_told(fault);
                    let lines = match fault.part() {
                        Some(TemplatePart::Subject) | None => 1,
                        Some(TemplatePart::Body) => clean::lines(body).split('\n').count(),
                    };
                    assert!(
                        fault.line().is_none_or(|line| (1..=lines).contains(&line)),
                        "{fault}"
                    );
                }
            }
            Ok(template) => {
                for language in LANGUAGES {
                    let values = Values {
                        number,
                        at: &at,
                        address: &address,
                        shop_name,
                        language,
                    };
                    is_filled_in(&template, &values, &at);
                }
            }
        }
    }
}

fn is_filled_in(template: &Template, values: &Values<'_>, at: &Zoned) {
    let rendered = template.render(values);
    assert_eq!(rendered, template.render(values), "the same every time");
    is_sound(&rendered);
    let number = values.number.to_string();
    let has_number = rendered.subject.contains(&number) || rendered.body.contains(&number);
    // A long shop name in front may push the number off the end of a subject.
    assert!(
        has_number || rendered.subject.ends_with('…'),
        "no number in {rendered:?}"
    );
    for (source, filled) in [
        (template.subject(), &rendered.subject),
        (template.body(), &rendered.body),
    ] {
        let mark = template.mark().as_str();
        if source.matches('★').count() == 2 * source.matches(mark).count() && !source.is_empty() {
            let expected = source.replace(mark, &number);
            let is_cut = expected.chars().count() > SUBJECT_CHARACTERS && filled.ends_with('…');
            assert!(*filled == expected || is_cut, "{source:?} became {filled:?}");
        }
    }
    again(template);

    let from = EmailAddress::parse("shop@example.jp").unwrap();
    let bytes = compose_letter(&Letter {
        from: &from,
        display_name: values.shop_name,
        reply_to: None,
        to: values.address,
        subject: &rendered.subject,
        body: &rendered.body,
        signature: "",
        message_id: "receipt.00.1@example.jp",
        date: at,
        in_reply_to: None,
        marker: Marker::Receipt,
    });
    letter::is_one_letter(&bytes, values.address, &rendered.subject, &rendered.body, false);
}

fn is_sound(rendered: &Rendered) {
    assert!(!rendered.subject.trim().is_empty(), "a blank subject");
    assert!(!rendered.subject.contains(char::is_control), "{rendered:?}");
    assert!(
        rendered.subject.chars().count() <= SUBJECT_CHARACTERS,
        "{rendered:?}"
    );
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!rendered.body.contains(is_control), "{rendered:?}");
}

/// What the screen shows of a template can be saved again, and is the same template.
fn again(template: &Template) {
    let again = Template::parse(template.subject(), template.body(), template.mark());
    assert_eq!(again.as_ref(), Ok(template));
    assert!(template.body().chars().count() <= TEMPLATE_BODY_CHARACTERS);
}
